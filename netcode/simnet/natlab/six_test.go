//go:build !js

package natlab_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

func listen6(t *testing.T, h *natlab.Host) conn {
	t.Helper()
	pc, err := h.Net().ListenPacket("udp6", "[::]:0")
	if err != nil {
		t.Fatal(err)
	}
	return pc.(conn)
}

// TestIPv6: addresses hold everywhere, and routers are firewalls.
func TestIPv6(t *testing.T) {
	inLab(t, natlab.Config{IPv6: true}, func(t *testing.T, lab *natlab.Lab) {
		home := lab.Site(natlab.PortRestricted())
		a, b := home.Host(), lab.Behind(natlab.Carrier(), natlab.PortRestricted())
		public, near := lab.Host(), home.Host()
		ca, cb, cp, cn := listen6(t, a), listen6(t, b), listen6(t, public), listen6(t, near)
		at := func(h *natlab.Host, c conn) netip.AddrPort { return netip.AddrPortFrom(h.Addr6(), port(c)) }
		if src := probe(t, ca, cp, at(public, cp)); src != at(a, ca) {
			t.Errorf("seen as %v, want %v", src, at(a, ca))
		}
		if !probe(t, cp, ca, at(a, ca)).IsValid() {
			t.Error("the answer is refused")
		}
		if probe(t, cp, cn, at(near, cn)).IsValid() {
			t.Error("the firewall lets in what nobody asked for")
		}
		start := lab.Now()
		if src := probe(t, ca, cn, at(near, cn)); src != at(a, ca) || lab.Now()-start > time.Millisecond {
			t.Errorf("within the house: %v after %v", src, lab.Now()-start)
		}
		// Two firewalls: the first packet opens one and is refused by the other.
		if probe(t, ca, cb, at(b, cb)).IsValid() {
			t.Error("let in")
		}
		if !probe(t, cb, ca, at(a, ca)).IsValid() || !probe(t, ca, cb, at(b, cb)).IsValid() {
			t.Error("not open from both sides")
		}
		old := a.Addr6()
		if home.Renumber(); a.Addr6() == old || b.Addr6() == old {
			t.Error("the address stayed")
		}
		if src := probe(t, ca, cp, at(public, cp)); src != at(a, ca) {
			t.Errorf("seen as %v", src)
		}
		if c4 := listen(t, a, 0); !probe(t, c4, listen(t, public, 1), netip.AddrPortFrom(public.Addr(), 1)).IsValid() {
			t.Error("IPv4 is gone")
		}
		if ifs, err := a.Net().Interfaces(); err != nil || len(ifs) != 2 {
			t.Error(ifs, err)
		}
		if c := lab.Counters(); c.Refused != 2 || c.NoRoute != 0 {
			t.Errorf("%+v", c)
		}
	})
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		h := lab.Host()
		if _, err := h.Net().ListenPacket("udp6", "[::]:0"); err == nil || h.Addr6().IsValid() {
			t.Error("IPv6 without being asked for")
		}
	})
}
