//go:build !js

package nat

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

const ms = time.Millisecond

var (
	serverA = netip.MustParseAddrPort("192.0.2.1:3478")
	serverB = netip.MustParseAddrPort("192.0.2.2:3478")
	serverC = netip.MustParseAddrPort("192.0.2.2:3479")
	publicA = netip.MustParseAddrPort("198.51.100.1:5000")
)

// sends returns whom s asks at now.
func sends(s *Survey, now time.Duration) (to []netip.AddrPort) {
	for {
		a, b, ok := s.Poll(now)
		if !ok {
			return to
		}
		if m, err := stunmsg.Parse(b); err != nil || m.Kind != stunmsg.Request {
			panic("no request")
		}
		to = append(to, a)
	}
}

// answer lets the server say that it saw port.
func answer(s *Survey, now time.Duration, server netip.AddrPort, port uint16) bool {
	r := s.find(server)
	return s.Receive(now, server, stunmsg.AppendSuccess(nil, r.id, netip.AddrPortFrom(publicA.Addr(), port)))
}

func TestSurveySchedule(t *testing.T) {
	s := NewSurvey([]netip.AddrPort{serverA, {}, serverB, serverA, netip.MustParseAddrPort("[::ffff:192.0.2.1]:3478")})
	const start = time.Hour
	if s.Wake() != 0 || s.Settled(start) {
		t.Error("it does not want to begin")
	}
	if got := sends(s, start); !slices.Equal(got, []netip.AddrPort{serverA, serverB}) {
		t.Errorf("asked %v", got)
	}
	if s.Wake() != start+150*ms || sends(s, start+149*ms) != nil {
		t.Errorf("wakes at %v", s.Wake()-start)
	}
	if !answer(s, start+50*ms, serverB, 5000) {
		t.Error("not its own")
	}
	for _, at := range resend[1:] {
		if got := sends(s, start+at); !slices.Equal(got, []netip.AddrPort{serverA}) {
			t.Errorf("at %v asked %v", at, got)
		}
	}
	if s.Wake() != Never || s.Settled(start+MaxTime-1) || !s.Settled(start+MaxTime) {
		t.Errorf("wakes at %v", s.Wake())
	}
	want := []Mapped{{Server: serverB, Public: publicA, At: start + 50*ms, RTT: 50 * ms}}
	if got := s.Mapped(); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestSurveyMapping(t *testing.T) {
	for name, c := range map[string]struct {
		ports   []uint16 // of A, B, C; 0 is no answer
		local   netip.AddrPort
		mapping Mapping
		step    int
	}{
		"nothing":          {[]uint16{0, 0, 0}, publicA, MappingUnknown, 0},
		"one":              {[]uint16{0, 5000, 0}, netip.AddrPort{}, MappingUnknown, 0},
		"one, its own":     {[]uint16{0, 5000, 0}, publicA, MappingNone, 0},
		"none":             {[]uint16{5000, 5000, 5000}, publicA, MappingNone, 0},
		"independent":      {[]uint16{5000, 5000, 0}, serverA, MappingIndependent, 0},
		"sequential":       {[]uint16{5000, 5001, 5002}, serverA, MappingDependent, 1},
		"two":              {[]uint16{5000, 5002, 5004}, serverA, MappingDependent, 2},
		"down":             {[]uint16{5000, 4999, 4998}, serverA, MappingDependent, -1},
		"others in it":     {[]uint16{5000, 5003, 5004}, serverA, MappingDependent, 1},
		"one unheard":      {[]uint16{5000, 0, 5002}, serverA, MappingDependent, 2},
		"wraps":            {[]uint16{65535, 1, 0}, serverA, MappingDependent, 2},
		"random":           {[]uint16{5000, 61231, 20000}, serverA, MappingDependent, 0},
		"address":          {[]uint16{5000, 5001, 5001}, serverA, MappingDependent, 1},
		"first is our own": {[]uint16{5000, 5001, 0}, publicA, MappingDependent, 1},
	} {
		s := NewSurvey([]netip.AddrPort{serverA, serverB, serverC})
		sends(s, 0)
		for i, port := range c.ports {
			if port != 0 && !answer(s, 50*ms, []netip.AddrPort{serverA, serverB, serverC}[i], port) {
				t.Errorf("%s: not its own", name)
			}
		}
		if got := s.Mapping(c.local); got != c.mapping {
			t.Errorf("%s is %v, want %v", name, got, c.mapping)
		}
		if got, ok := s.Step(); got != c.step || ok != (c.step != 0) {
			t.Errorf("%s has step %d, %v; want %d", name, got, ok, c.step)
		}
	}
}

func TestSurveyLeavesOthersAlone(t *testing.T) {
	s := NewSurvey([]netip.AddrPort{serverA})
	id := s.find(serverA).id
	good := stunmsg.AppendSuccess(nil, id, publicA)
	if s.Receive(0, serverA, good) {
		t.Error("an answer before the question")
	}
	sends(s, 0)
	wrong := id
	wrong[3]++
	for name, c := range map[string]struct {
		from netip.AddrPort
		b    []byte
	}{
		"sender":    {serverB, good},
		"port":      {serverC, good},
		"number":    {serverA, stunmsg.AppendSuccess(nil, wrong, publicA)},
		"request":   {serverA, stunmsg.AppendRequest(nil, wrong)},
		"dtls":      {serverA, append([]byte{22}, good...)},
		"cut":       {serverA, good[:19]},
		"nothing":   {serverA, nil},
		"no cookie": {serverA, append(make([]byte, 8), good[8:]...)},
	} {
		if s.Receive(0, c.from, c.b) {
			t.Errorf("%s: taken", name)
		}
		if n := testing.AllocsPerRun(10, func() { s.Receive(0, c.from, c.b) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if len(s.Mapped()) != 0 || s.stray != 0 {
		t.Errorf("believed %+v", s.Mapped())
	}
	if mapped4in6 := netip.AddrPortFrom(netip.AddrFrom16(serverA.Addr().As16()), serverA.Port()); !s.Receive(0, mapped4in6, good) || len(s.Mapped()) != 1 {
		t.Error("an IPv4 sender as an IPv6 socket sees him is refused")
	}
}

func TestSurveyRefused(t *testing.T) {
	s := NewSurvey([]netip.AddrPort{serverA})
	sends(s, 0)
	id := s.find(serverA).id
	if !s.Receive(1, serverA, stunmsg.AppendUnknown(nil, id, []uint16{3})) || !s.Settled(1) || s.Wake() != Never || s.Mapped() != nil {
		t.Error("a refusal is no answer")
	}
}

func TestSurveySurvivesAPanicInTheParser(t *testing.T) {
	s := NewSurvey([]netip.AddrPort{serverA})
	sends(s, 0)
	s.parse = func([]byte) (stunmsg.Message, error) { panic("as GHSA-34rh-wp3j-6cxc does") }
	if !s.Receive(0, serverA, stunmsg.AppendSuccess(nil, s.find(serverA).id, publicA)) || s.stray != 1 || len(s.Mapped()) != 0 {
		t.Errorf("stray is %d", s.stray)
	}
}

// FuzzReceive: no datagram of anybody makes the survey believe an address that
// did not come from the server it asked, under its number.
func FuzzReceive(f *testing.F) {
	id := stunmsg.ID{1, 2, 3}
	f.Add(stunmsg.AppendSuccess(nil, id, serverB), true)
	f.Add(stunmsg.AppendSuccess(nil, id, serverB), false)
	f.Add(stunmsg.AppendUnknown(nil, id, []uint16{3}), true)
	f.Add([]byte("\x01\x01\x00\x04\x21\x12\xa4\x42\x01\x02\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00"), true)
	f.Fuzz(func(t *testing.T, b []byte, right bool) {
		s := NewSurvey([]netip.AddrPort{serverA})
		sends(s, 0)
		s.requests[0].id = id
		from := serverA
		if !right {
			from = serverB
		}
		mine := s.Receive(0, from, b)
		got := s.Mapped()
		if len(got) == 0 {
			return
		}
		if !mine || !right || len(b) < 20 || stunmsg.ID(b[8:20]) != id || got[0].Public.Addr().Is6() {
			t.Fatalf("believed %+v", got)
		}
	})
}
