//go:build !js

package nat_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// The port of every server in the laboratory; a second one is the next.
const port = 3478

// rtt50 is the weather of the laboratory: a round trip of 50 ms.
var rtt50 = weather.Weather{Latency: 25 * time.Millisecond}

// world is one laboratory with a STUN server, for one bubble.
type world struct {
	lab     *natlab.Lab
	server  *stunturn.Server
	servers []string
}

// newWorld starts a server with the given numbers of addresses and ports.
func newWorld(t *testing.T, cfg natlab.Config, addresses, ports int) *world {
	t.Helper()
	w := &world{lab: natlab.New(cfg)}
	var conns []net.PacketConn
	for range addresses {
		// Two hosts, because a host of the laboratory has one address.
		host := w.lab.Host()
		for p := range ports {
			c, err := host.Net().ListenUDP("udp4", &net.UDPAddr{IP: host.Addr().AsSlice(), Port: port + p})
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
	}
	var err error
	if w.server, err = stunturn.Serve(stunturn.Config{PerSource: stunturn.NoLimit}, conns...); err != nil {
		t.Fatal(err)
	}
	w.servers = []string{"stun:" + w.server.Addr().String()}
	return w
}

func (w *world) close() {
	w.server.Close()
	w.lab.Close()
}

// probe probes from h and returns what it took.
func (w *world) probe(t *testing.T, h *natlab.Host) (nat.Report, time.Duration) {
	t.Helper()
	began, sent := time.Now(), h.Counters().Sent
	r, err := nat.ProbeOn(t.Context(), h.Net(), nat.Config{Servers: w.servers})
	if err != nil {
		t.Error(err)
	}
	took := time.Since(began)
	if n := h.Counters().Sent - sent; n != int64(r.Sent) || n > nat.MaxPackets {
		t.Errorf("sent %d packets, says %d, may %d", n, r.Sent, nat.MaxPackets)
	}
	return r, took
}

var (
	mappings   = [...]nat.Mapping{nat.MappingIndependent, nat.MappingAddress, nat.MappingAddressPort}
	filterings = [...]nat.Filtering{nat.FilteringIndependent, nat.FilteringAddress, nat.FilteringAddressPort}
	portKinds  = [...]natlab.Ports{natlab.Preserve, natlab.Sequential, natlab.Random}
)

// hidden reports whether hairpinning cannot be seen, because no packet can come
// back: nobody knows the port that a packet to our own address leaves by, which
// is the only one that would be let in. It is of no use to anybody either.
func hidden(n natlab.NAT) bool {
	return n.Mapping != natlab.EndpointIndependent && n.Filtering != natlab.EndpointIndependent && n.Ports == natlab.Random
}

// kinds are all routers that RFC 4787 knows, with three ways to give ports.
func kinds() (all []natlab.NAT) {
	for mapping := range mappings {
		for filtering := range filterings {
			for _, hairpin := range []bool{false, true} {
				for _, ports := range portKinds {
					all = append(all, natlab.NAT{
						Mapping: natlab.Dependence(mapping), Filtering: natlab.Dependence(filtering), Hairpin: hairpin, Ports: ports,
					})
				}
			}
		}
	}
	return all
}

// truth is what a probe behind n should find.
func truth(n natlab.NAT) nat.Reach {
	want := nat.Reach{
		Mapping: mappings[n.Mapping], Filtering: filterings[n.Filtering], Hairpin: nat.No,
		PortKept: n.Ports == natlab.Preserve, Large: nat.Yes, Addresses: 2,
	}
	switch {
	case hidden(n):
		want.Hairpin = nat.Unknown
	case n.Hairpin:
		want.Hairpin = nat.Yes
	}
	if want.Mapping.Dependent() && n.Ports != natlab.Random {
		want.PortStep = 1
	}
	return want
}

// found is r without what truth does not speak of.
func found(r nat.Reach) nat.Reach {
	return nat.Reach{
		Mapping: r.Mapping, Filtering: r.Filtering, Hairpin: r.Hairpin, PortKept: r.PortKept, PortStep: r.PortStep,
		Large: r.Large, Addresses: r.Addresses,
	}
}

// TestMatrix is the row of the classifier: every kind of NAT that RFC 4787
// knows, each told within 2 s and 30 packets at a round trip of 50 ms.
func TestMatrix(t *testing.T) {
	var slowest time.Duration
	most, right, lucky := 0, 0, 0
	seeds.Each(t, 10, func(t *testing.T, seed uint64) {
		for i, kind := range kinds() {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, natlab.Config{Seed: seed<<8 + uint64(i), Weather: rtt50}, 2, 2)
				defer w.close()
				r, took := w.probe(t, w.lab.Site(kind).Host())
				slowest, most = max(slowest, took), max(most, r.Sent)
				got, want := found(r.V4), truth(kind)
				if kind.Ports == natlab.Random && got.PortKept {
					lucky++ // one random port in 64,512 is the inside one
					want.PortKept = true
				}
				if got != want {
					t.Errorf("%s\nis %+v\nwant %+v", kindName(kind), got, want)
				} else {
					right++
				}
				if took > nat.MaxTime {
					t.Errorf("%s took %v", kindName(kind), took)
				}
			})
		}
	})
	if n := len(kinds()); n != 54 {
		t.Errorf("%d kinds", n)
	}
	if lucky > 1+right/5000 {
		t.Errorf("%d times a random port was kept, in %d probes", lucky, right)
	}
	t.Logf("%d probes right, the slowest in %v, the most packets %d", right, slowest, most)
}

// topPort gives the first socket one of the last ports.
type topPort struct {
	nat.Net
	asked int
}

func (n *topPort) ListenPacket(network, address string) (net.PacketConn, error) {
	if n.asked++; n.asked == 1 {
		address = strings.TrimSuffix(address, ":0") + ":65534"
	}
	return n.Net.ListenPacket(network, address)
}

// TestMatrixTopPort: where a router would take the next port there is none, and
// nobody knows which one it takes. So it is not asked by such a port.
func TestMatrixTopPort(t *testing.T) {
	for _, kind := range kinds() {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, natlab.Config{Seed: 1, Weather: rtt50}, 2, 2)
			defer w.close()
			n := &topPort{Net: w.lab.Site(kind).Host().Net()}
			r, err := nat.ProbeOn(t.Context(), n, nat.Config{Servers: w.servers})
			if err != nil {
				t.Fatal(err)
			}
			if n.asked != 3 {
				t.Errorf("%d sockets were opened, want one more than two", n.asked)
			}
			if got, want := found(r.V4), truth(kind); got != want {
				t.Errorf("%s\nis %+v\nwant %+v", kindName(kind), got, want)
			}
		})
	}
}

// A packet lost here and there costs time, and is not taken for a filter.
func TestMatrixLossy(t *testing.T) {
	wrong, unknown, all := 0, 0, 0
	var lost int64
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		for i, kind := range kinds() {
			synctest.Test(t, func(t *testing.T) {
				lossy := rtt50
				lossy.Loss = weather.Percent(3)
				w := newWorld(t, natlab.Config{Seed: seed<<8 + uint64(i), Weather: lossy}, 2, 2)
				defer w.close()
				r, took := w.probe(t, w.lab.Site(kind).Host())
				lost += w.lab.Counters().Lost
				got, want := found(r.V4), truth(kind)
				all++
				switch {
				case took > nat.MaxTime:
					t.Errorf("%s took %v", kindName(kind), took)
				case got == want:
				case got.Mapping == nat.MappingUnknown || got.Filtering == nat.FilteringUnknown || got.Hairpin == nat.Unknown || got.Large == nat.Unknown:
					unknown++
				default:
					wrong++
					t.Logf("%s\nis %+v\nwant %+v", kindName(kind), got, want)
				}
			})
		}
	})
	if lost == 0 {
		t.Error("nothing was lost")
	}
	if wrong > max(2, all/200) || unknown > max(3, all/50) {
		t.Errorf("of %d, %d are wrong and %d unknown", all, wrong, unknown)
	}
	t.Logf("%d packets lost; of %d, %d are wrong and %d unknown", lost, all, wrong, unknown)
}

func TestMatrixBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, natlab.Config{Weather: rtt50}, 2, 2)
		defer w.close()
		h := w.lab.Site(natlab.NAT{Blocked: true}).Host()
		r, took := w.probe(t, h)
		if h.Counters().Blocked == 0 {
			t.Error("nothing was blocked")
		}
		if r.V4.Answered != 0 || r.V4.Asked == 0 || !r.Online || r.Verdict().Code != nat.CodeBlocked || took > nat.MaxTime {
			t.Errorf("%+v after %v", r, took)
		}
	})
}

// A server with one address cannot tell what the filtering is, and the report
// does not pretend to know.
func TestMatrixOneAddress(t *testing.T) {
	for filtering := range filterings {
		for mapping := range mappings {
			kind := natlab.NAT{Mapping: natlab.Dependence(mapping), Filtering: natlab.Dependence(filtering)}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, natlab.Config{Weather: rtt50}, 1, 1)
				defer w.close()
				r, took := w.probe(t, w.lab.Site(kind).Host())
				if r.V4.Filtering != nat.FilteringUnknown || r.V4.Mapping != nat.MappingUnknown || r.V4.Answered != 1 || took > nat.MaxTime {
					t.Errorf("%s is %+v after %v", kindName(kind), r, took)
				}
			})
		}
	}
}

// Two ports of a wildcard are what lobbyd has if nobody tells it more. They tell
// the strictest filtering and large packets, and nothing wrong.
func TestMatrixTwoPorts(t *testing.T) {
	for _, kind := range kinds() {
		synctest.Test(t, func(t *testing.T) {
			w := &world{lab: natlab.New(natlab.Config{Seed: 5, Weather: rtt50})}
			host := w.lab.Host()
			var conns []net.PacketConn
			for p := range uint16(2) {
				c, err := host.Net().ListenUDP("udp4", &net.UDPAddr{Port: int(port + p)})
				if err != nil {
					t.Fatal(err)
				}
				conns = append(conns, c)
				w.servers = append(w.servers, "stun:"+netip.AddrPortFrom(host.Addr(), port+p).String())
			}
			var err error
			if w.server, err = stunturn.Serve(stunturn.Config{}, conns...); err != nil {
				t.Fatal(err)
			}
			defer w.close()
			r, took := w.probe(t, w.lab.Site(kind).Host())
			got, want := found(r.V4), truth(kind)
			want.Addresses = 1
			if want.Filtering != nat.FilteringAddressPort {
				want.Filtering = nat.FilteringUnknown
			}
			if want.Mapping == nat.MappingAddress { // as the package comment says
				want.Mapping, want.PortStep = nat.MappingIndependent, 0
				if got.Hairpin == nat.Unknown {
					want.Hairpin = got.Hairpin // it may be seen, and must not be denied
				}
			}
			if want.Hairpin == nat.No && (want.Mapping == nat.MappingIndependent || kind.Ports == natlab.Random) {
				want.Hairpin = nat.Unknown
			}
			if got != want || took > nat.MaxTime {
				t.Errorf("%s after %v\nis %+v\nwant %+v", kindName(kind), took, got, want)
			}
		})
	}
}

// Without a NAT there is nothing to tell but whether a firewall filters.
func TestMatrixOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, natlab.Config{Weather: rtt50}, 2, 2)
		defer w.close()
		r, took := w.probe(t, w.lab.Host())
		if r.V4.Mapping != nat.MappingNone || r.V4.Filtering != nat.FilteringIndependent || r.V4.Hairpin != nat.Unknown ||
			r.Verdict().Code != nat.CodeOpen || took > time.Second {
			t.Errorf("%+v after %v", r, took)
		}
	})
}

// kindName is a NAT's line in a test's output.
func kindName(n natlab.NAT) string {
	return strings.ReplaceAll(fmt.Sprintf("%v,%v,%v,hairpin=%v", n.Mapping, n.Filtering, n.Ports, n.Hairpin), "-dependent", "")
}
