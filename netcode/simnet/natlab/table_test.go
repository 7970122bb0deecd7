//go:build !js

package natlab

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func ap(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

var outsideAddr = netip.MustParseAddr("203.0.113.1")

// TestTableMapsAndFilters asks all nine combinations, with each way to choose
// ports, who shares a port and who is let in.
func TestTableMapsAndFilters(t *testing.T) {
	host := ap("192.168.1.2:5000")
	first, otherPort, otherAddr := ap("198.51.100.1:1"), ap("198.51.100.1:2"), ap("198.51.100.2:1")
	for _, mapping := range []Dependence{EndpointIndependent, AddressDependent, AddressAndPortDependent} {
		for _, filtering := range []Dependence{EndpointIndependent, AddressDependent, AddressAndPortDependent} {
			for _, ports := range []Ports{Preserve, Sequential, Random} {
				t.Run(fmt.Sprint(mapping, "/", filtering, "/", ports), func(t *testing.T) {
					tab := newTable(NAT{Mapping: mapping, Filtering: filtering, Ports: ports}.resolve(), outsideAddr, 7)
					a, ok := tab.out(0, host, first)
					if !ok || a.Addr() != outsideAddr {
						t.Fatalf("%v %v", a, ok)
					}
					again, _ := tab.out(0, host, first)
					for _, far := range []struct {
						from netip.AddrPort
						want bool
					}{{first, true}, {otherPort, filtering <= AddressDependent}, {otherAddr, filtering == EndpointIndependent}} {
						in, ok := tab.in(0, far.from, a.Port())
						if ok != far.want || ok && in != host {
							t.Errorf("from %v: %v %v, want %v", far.from, in, ok, far.want)
						}
					}
					b, _ := tab.out(0, host, otherPort)
					c, _ := tab.out(0, host, otherAddr)
					if again != a || (b == a) != (mapping <= AddressDependent) || (c == a) != (mapping == EndpointIndependent) {
						t.Errorf("ports %v, %v again, %v for another port, %v for another address", a, again, b, c)
					}
					if (a.Port() == host.Port()) != (ports == Preserve) {
						t.Errorf("the first port is %d", a.Port())
					}
					if _, ok := tab.in(0, first, a.Port()+1000); ok {
						t.Error("a port that is not open lets packets in")
					}
				})
			}
		}
	}
}

func TestTableChoosesPorts(t *testing.T) {
	far := ap("198.51.100.1:1")
	outs := func(n NAT, hosts int) (ports []int) {
		tab := newTable(n.resolve(), outsideAddr, 3)
		for i := range hosts {
			a, ok := tab.out(0, netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 168, 1, byte(2 + i)}), 5000), far)
			if !ok {
				t.Fatal("no port")
			}
			ports = append(ports, int(a.Port()))
		}
		return ports
	}
	for _, c := range []struct {
		nat  NAT
		step int
	}{{NAT{Ports: Sequential}, 1}, {NAT{Ports: Sequential, Step: 2}, 2}, {NAT{Ports: Sequential, Step: -3}, -3}, {NAT{Ports: Preserve}, 1}} {
		p := outs(c.nat, 5)
		for i := 1; i < len(p); i++ {
			if p[i]-p[i-1] != c.step {
				t.Errorf("%+v: ports %v, want steps of %d", c.nat, p, c.step)
			}
		}
	}
	p, near := outs(NAT{Ports: Random}, 50), 0
	for i := 1; i < len(p); i++ {
		if d := p[i] - p[i-1]; d > -16 && d < 16 {
			near++
		}
	}
	if near > 2 {
		t.Errorf("%d of 49 random ports are near the one before: %v", near, p)
	}
}

func TestTableForgets(t *testing.T) {
	const life = 10 * time.Second
	tab := newTable(NAT{Filtering: AddressAndPortDependent, Lifetime: life}.resolve(), outsideAddr, 1)
	host, far, other := ap("192.168.1.2:5000"), ap("198.51.100.1:1"), ap("198.51.100.2:1")
	a, _ := tab.out(0, host, far)
	tab.out(0, host, other)
	for i := range 3 {
		now := time.Duration(i) * (life - 1)
		if _, ok := tab.in(now, far, a.Port()); !ok {
			t.Fatalf("closed at %v", now)
		}
		if _, ok := tab.in(now, other, a.Port()); ok != (i == 0 || now < life) {
			t.Fatalf("the permission of who is not sent to is %v at %v", ok, now)
		}
		tab.out(now, host, far)
	}
	end := 3*life - 2
	if _, ok := tab.in(end-1, far, a.Port()); !ok {
		t.Error("closed before its time")
	}
	if _, ok := tab.in(end, far, a.Port()); ok {
		t.Error("open after its time, though nothing went out")
	}
	for i := range 500 {
		tab.out(time.Duration(i)*time.Second, netip.AddrPortFrom(host.Addr(), uint16(i+1)), far)
	}
	if n := len(tab.byPort); n > 2*int(life/time.Second)+1 || n != len(tab.byKey) {
		t.Errorf("%d ports and %d mappings are kept of 10 that live", n, len(tab.byKey))
	}
}

// TestTableIsFull: no port is given twice, and one that expired is given again.
func TestTableIsFull(t *testing.T) {
	tab := newTable(NAT{Ports: Random, Lifetime: time.Second}.resolve(), outsideAddr, 1)
	seen := map[uint16]bool{}
	far := ap("198.51.100.1:1")
	for i := range 1<<16 - lowest {
		if i > 3000 {
			tab.nat.Ports = Sequential // finds the last ones quicker
		}
		a, ok := tab.out(0, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 9), far)
		if !ok || seen[a.Port()] || a.Port() < lowest {
			t.Fatalf("number %d: %v %v", i, a, ok)
		}
		seen[a.Port()] = true
	}
	if a, ok := tab.out(0, ap("10.9.9.9:9"), far); ok {
		t.Errorf("port %v is given twice", a)
	}
	if _, ok := tab.out(time.Second, ap("10.9.9.9:9"), far); !ok {
		t.Error("no port though all expired")
	}
}

func TestTableForwards(t *testing.T) {
	tab := newTable(SymmetricRandom().resolve(), outsideAddr, 1)
	host, far := ap("192.168.1.2:5000"), ap("198.51.100.1:1")
	if !tab.forward(0, 7000, host) || tab.forward(0, 7000, ap("192.168.1.3:1")) || tab.forward(0, 7001, host) || !tab.forward(0, 7000, host) {
		t.Error("forward")
	}
	tab.forget()
	if in, ok := tab.in(time.Hour, far, 7000); !ok || in != host {
		t.Errorf("%v %v", in, ok)
	}
	if a, ok := tab.out(time.Hour, host, far); !ok || a.Port() != 7000 {
		t.Errorf("leaves by %v", a)
	}
	tab.unforward(7000)
	if _, ok := tab.in(time.Hour, far, 7000); ok {
		t.Error("still open")
	}
}

func TestNATIsChecked(t *testing.T) {
	for _, n := range []NAT{
		{Mapping: 3},
		{Filtering: 3},
		{Ports: 3},
		{Step: 101},
		{Lifetime: -1},
		{Lifetime: 1},
		{MTU: 67},
		{LAN: netip.MustParsePrefix("10.0.0.0/29")},
		{LAN: netip.MustParsePrefix("fd00::/64")},
	} {
		if n.Validate() == nil {
			t.Errorf("%+v is taken", n)
		}
	}
	for _, k := range Kinds() {
		for _, n := range k.NATs {
			if err := n.Validate(); err != nil {
				t.Errorf("%s: %v", k.Name, err)
			}
		}
	}
}
