//go:build !js

package nat

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func probe(t *testing.T, cfg Config) (Report, time.Duration) {
	t.Helper()
	began := time.Now()
	r, err := Probe(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if took > MaxTime+5*time.Second { // a busy machine is late; TestMatrix holds it against the time of a laboratory
		t.Errorf("Probe took %v", took)
	}
	return r, took
}

func TestProbeWithoutNAT(t *testing.T) {
	for name, hosts := range map[string][]string{
		"two addresses": {"127.0.0.1", "127.0.0.2"}, "two ports": {"127.0.0.1", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := stunServer(t, hosts[0]), stunServer(t, hosts[1])
			r, took := probe(t, Config{Servers: []string{url(a), url(b)}})
			got := r.V4
			if !got.Local.IsValid() || got.Public != got.Local || got.Mapping != MappingNone || !got.PortKept ||
				got.Asked != 2 || got.Answered != 2 || got.RTT <= 0 || r.Servers != 2 || r.Stray != 0 {
				t.Errorf("%+v", r)
			}
			if r.V6 != (Reach{}) {
				t.Errorf("V6 of two IPv4 servers: %+v", r.V6)
			}
			if v := r.Verdict(); v.Code != CodeOpen || !strings.Contains(v.Sentence, "127.0.0.1") {
				t.Errorf("%+v", v)
			}
			if took > MaxTime*3/4 {
				t.Errorf("all answered, and yet it took %v", took)
			}
		})
	}
}

func TestProbeIPv6(t *testing.T) {
	a := stunServer(t, "[::1]")
	r, _ := probe(t, Config{Servers: []string{url(a)}})
	if r.V6.Mapping != MappingNone || r.V6.Public.Addr() != a.Addr() || r.V4 != (Reach{}) || r.Verdict().Code != CodeOpen {
		t.Errorf("%+v", r)
	}
}

func TestProbeThroughNATs(t *testing.T) {
	a, b := stunServer(t, "127.0.0.1"), stunServer(t, "127.0.0.2")
	for name, c := range map[string]struct {
		symmetric bool
		servers   int
		mapping   Mapping
		code      Code
	}{
		"cone":                  {false, 2, MappingIndependent, CodeDirect},
		"symmetric":             {true, 2, MappingAddressPort, CodeSymmetric},
		"cone, one server":      {false, 1, MappingUnknown, CodeUnknown},
		"symmetric, one server": {true, 1, MappingUnknown, CodeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			inside, outside := fakeNAT(t, c.symmetric, []netip.AddrPort{a, b}[:c.servers]...)
			var urls []string
			for _, in := range inside {
				urls = append(urls, url(in))
			}
			r, _ := probe(t, Config{Servers: urls})
			got := r.V4
			if got.Mapping != c.mapping || got.PortKept || got.Answered != c.servers || r.Verdict().Code != c.code {
				t.Errorf("%+v\n%+v", r, r.Verdict())
			}
			ok := false
			for _, out := range outside {
				ok = ok || got.Public == out
			}
			if !ok {
				t.Errorf("public is %v, want one of %v", got.Public, outside)
			}
		})
	}
}

// One lost datagram costs 150 ms, not the probe.
func TestProbeSendsAgain(t *testing.T) {
	dropped := 0
	answered := liar(t, func(id stunmsg.ID, from netip.AddrPort) []byte {
		if dropped++; dropped <= 2 {
			return nil
		}
		return stunmsg.AppendSuccess(nil, id, from)
	})
	r, took := probe(t, Config{Servers: []string{url(answered)}})
	if r.V4.Answered != 1 || r.V4.Mapping != MappingNone || took < resend[2] {
		t.Errorf("%+v after %v", r, took)
	}
}

func TestProbeBlocked(t *testing.T) {
	silent := udp(t, "127.0.0.1") // open and never read: nothing comes back
	for _, limit := range []time.Duration{300 * time.Millisecond, 0} {
		r, took := probe(t, Config{Servers: []string{url(addr(silent))}, Timeout: limit})
		if limit == 0 {
			limit = MaxTime
		}
		v := r.Verdict()
		if r.V4.Answered != 0 || r.V4.Asked != 1 || r.V4.Public.IsValid() || v.Code != CodeBlocked || v.Advice == "" {
			t.Errorf("%+v %+v", r, v)
		}
		if last := resend[len(resend)-1]; took < min(limit, last+leastPatience) {
			t.Errorf("gave up after %v of %v", took, limit)
		}
	}
}

func TestProbeWithoutServers(t *testing.T) {
	r, _ := probe(t, Config{})
	if v := r.Verdict(); r.V4 != (Reach{}) || r.Sent != 0 || v.Code != CodeNoServer || v.Advice == "" {
		t.Errorf("%+v %+v", r, v)
	}
}

func TestProbeUnknownName(t *testing.T) {
	// .invalid never exists, RFC 6761; here there may be no name server at all.
	r, _ := probe(t, Config{Servers: []string{"stun:nowhere.invalid"}, Timeout: 500 * time.Millisecond})
	if v := r.Verdict(); r.Unresolved != 1 || v.Code != CodeNoNames && v.Code != CodeOffline || r.Online != (v.Code == CodeNoNames) {
		t.Errorf("%+v %+v", r, v)
	}
}

// Servers that lie about all but the address they saw are not believed.
func TestProbeLyingServers(t *testing.T) {
	elsewhere := udp(t, "127.0.0.1")
	good := netip.MustParseAddrPort("192.0.2.1:1")
	for name, say := range map[string]func(id stunmsg.ID, from netip.AddrPort) []byte{
		"number":  func(id stunmsg.ID, _ netip.AddrPort) []byte { id[0]++; return stunmsg.AppendSuccess(nil, id, good) },
		"junk":    func(stunmsg.ID, netip.AddrPort) []byte { return []byte("welcome!") },
		"large":   func(stunmsg.ID, netip.AddrPort) []byte { return make([]byte, 1900) },
		"nothing": func(stunmsg.ID, netip.AddrPort) []byte { return []byte{} },
		"request": func(id stunmsg.ID, _ netip.AddrPort) []byte { return stunmsg.AppendRequest(nil, id) },
		"family": func(id stunmsg.ID, _ netip.AddrPort) []byte {
			return stunmsg.AppendSuccess(nil, id, netip.MustParseAddrPort("[2001:db8::1]:1"))
		},
		"cut": func(id stunmsg.ID, _ netip.AddrPort) []byte { return stunmsg.AppendSuccess(nil, id, good)[:28] },
		"empty address": func(id stunmsg.ID, _ netip.AddrPort) []byte { // panics in the library
			b := append(stunmsg.AppendRequest(nil, id), 0, 0x20, 0, 0)
			b[0], b[3] = 1, 4
			return b
		},
		"other sender": func(id stunmsg.ID, from netip.AddrPort) []byte {
			elsewhere.WriteToUDPAddrPort(stunmsg.AppendSuccess(nil, id, good), from)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := probe(t, Config{Servers: []string{url(liar(t, say))}})
			if r.V4.Answered != 0 || r.V4.Public.IsValid() || r.Stray == 0 || r.Verdict().Code != CodeBlocked {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A liar beside an honest server changes nothing, and a refusal is an answer.
func TestProbeOneBadServer(t *testing.T) {
	honest := stunServer(t, "127.0.0.1")
	bad := liar(t, func(id stunmsg.ID, _ netip.AddrPort) []byte { return stunmsg.AppendUnknown(nil, id, []uint16{3}) })
	r, took := probe(t, Config{Servers: []string{url(bad), url(honest)}})
	if r.V4.Answered != 1 || r.V4.Asked != 2 || r.V4.Mapping != MappingNone || took > MaxTime*3/4 {
		t.Errorf("%+v after %v", r, took)
	}
}

// A flood of junk ends with the timeout and leaves the real answer readable.
func TestProbeFlooded(t *testing.T) {
	junk := udp(t, "127.0.0.1")
	server := liar(t, func(id stunmsg.ID, from netip.AddrPort) []byte {
		for range 100 {
			junk.WriteToUDPAddrPort([]byte("junk"), from)
		}
		return stunmsg.AppendSuccess(nil, id, from)
	})
	r, _ := probe(t, Config{Servers: []string{url(server)}})
	if r.V4.Answered != 1 || r.Stray < 10 {
		t.Errorf("%+v", r)
	}
}

func TestProbeCancelled(t *testing.T) {
	asked := make(chan struct{}, 16)
	silent := liar(t, func(stunmsg.ID, netip.AddrPort) []byte { asked <- struct{}{}; return nil })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-asked
		cancel()
	}()
	began := time.Now()
	r, err := Probe(ctx, Config{Servers: []string{url(silent)}})
	if !errors.Is(err, context.Canceled) || r.V4.Asked != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if took := time.Since(began); took > MaxTime*3/4 {
		t.Errorf("a cancelled probe took %v", took)
	}
}

func TestProber(t *testing.T) {
	a, b := stunServer(t, "127.0.0.1"), stunServer(t, "127.0.0.1")
	p := Start(Config{Servers: []string{url(a), url(b)}})
	defer p.Close()
	p.done.Wait()
	if r, ok := p.Report(); !ok || r.V4.Mapping != MappingNone || p.Err() != nil {
		t.Errorf("%+v, %v, %v", r, ok, p.Err())
	}
}

func TestProberCloseIsQuick(t *testing.T) {
	asked := make(chan struct{}, 16)
	silent := liar(t, func(stunmsg.ID, netip.AddrPort) []byte { asked <- struct{}{}; return nil })
	p := Start(Config{Servers: []string{url(silent)}})
	<-asked
	if _, ok := p.Report(); ok || p.Err() != nil {
		t.Errorf("a running probe reports, or fails: %v", p.Err())
	}
	began := time.Now()
	for range 2 {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if took := time.Since(began); took > MaxTime*3/4 {
		t.Errorf("Close took %v", took)
	}
	if _, ok := p.Report(); ok || !errors.Is(p.Err(), context.Canceled) {
		t.Errorf("%v, %v", ok, p.Err())
	}
}

func TestProberReportsMistakes(t *testing.T) {
	p := Start(Config{Servers: []string{"turn:x"}})
	defer p.Close()
	p.done.Wait()
	var e *ServerError
	if _, ok := p.Report(); ok || !errors.As(p.Err(), &e) {
		t.Errorf("%v, %v", ok, p.Err())
	}
}
