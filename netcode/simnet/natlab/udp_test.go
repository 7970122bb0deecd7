//go:build !js

package natlab_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// conn is what a lab's sockets can do beside net.PacketConn.
type conn interface {
	net.PacketConn
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
}

// inLab runs f in a bubble with a lab of its own.
func inLab(t *testing.T, cfg natlab.Config, f func(t *testing.T, lab *natlab.Lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		lab := natlab.New(cfg)
		defer lab.Close()
		f(t, lab)
	})
}

// listen opens a socket of h on a port; 0 is any.
func listen(t *testing.T, h *natlab.Host, port uint16) conn {
	t.Helper()
	pc, err := h.Net().ListenPacket("udp4", netip.AddrPortFrom(netip.IPv4Unspecified(), port).String())
	if err != nil {
		t.Fatal(err)
	}
	return pc.(conn)
}

func port(c conn) uint16 { return uint16(c.LocalAddr().(*net.UDPAddr).Port) }

// say sends text.
func say(t *testing.T, c conn, text string, to netip.AddrPort) {
	t.Helper()
	if n, err := c.WriteToUDPAddrPort([]byte(text), to); err != nil || n != len(text) {
		t.Fatal(n, err)
	}
}

// hear returns what comes within a second and from whom; "" if nothing does.
func hear(t *testing.T, c conn) (string, netip.AddrPort) {
	t.Helper()
	return hearWithin(t, c, time.Second)
}

func hearWithin(t *testing.T, c conn, d time.Duration) (string, netip.AddrPort) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(d)); err != nil {
		t.Fatal(err)
	}
	var b [2000]byte
	n, from, err := c.ReadFromUDPAddrPort(b[:])
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return string(b[:n]), from
}

// probe sends one datagram and returns the source it arrives with; the zero
// AddrPort if it does not.
func probe(t *testing.T, from, to conn, at netip.AddrPort) netip.AddrPort {
	t.Helper()
	say(t, from, "probe", at)
	_, src := hear(t, to)
	return src
}

func TestPublicHosts(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		a, b := lab.Host(), lab.Host()
		if a.Addr() == b.Addr() || a.Public() != a.Addr() || a.Site() != nil {
			t.Errorf("%v %v", a.Addr(), b.Addr())
		}
		ca, cb := listen(t, a, 0), listen(t, b, 3478)
		start := lab.Now()
		src := probe(t, ca, cb, netip.AddrPortFrom(b.Addr(), 3478))
		if want := netip.AddrPortFrom(a.Addr(), port(ca)); src != want {
			t.Errorf("came from %v, want %v", src, want)
		}
		if took := lab.Now() - start; took != natlab.DefaultLatency {
			t.Errorf("took %v", took)
		}
		if src := probe(t, ca, ca, netip.AddrPortFrom(a.Addr(), port(ca))); src.Addr() != a.Addr() {
			t.Errorf("to itself: %v", src)
		}
		if src := probe(t, ca, ca, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port(ca))); !src.Addr().IsLoopback() {
			t.Errorf("over loopback: %v", src)
		}
		say(t, ca, "nobody", netip.MustParseAddrPort("192.0.2.200:9"))
		say(t, ca, "no port", netip.AddrPortFrom(b.Addr(), 9))
		time.Sleep(time.Second)
		if c := lab.Counters(); c.Sent != 5 || c.Received != 3 || c.NoRoute != 1 || c.NoPort != 1 || c.Gone() != 2 {
			t.Errorf("%+v", c)
		}
		if c := b.Counters(); c.Received != 1 || c.ReceivedBytes != 28+5 || c.Sent != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// TestSitesAreAsTheirKind: who reaches whom in the usual kinds.
func TestSitesAreAsTheirKind(t *testing.T) {
	for _, k := range natlab.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			inLab(t, natlab.Config{Seed: 5}, func(t *testing.T, lab *natlab.Lab) {
				h := lab.Behind(k.NATs...)
				one, two := lab.Host(), lab.Host()
				ch, c1, c1b, c2 := listen(t, h, 5000), listen(t, one, 1), listen(t, one, 2), listen(t, two, 1)
				p1 := probe(t, ch, c1, netip.AddrPortFrom(one.Addr(), 1))
				in := func(c conn) bool { return probe(t, c, ch, p1).IsValid() }
				if got, want := []bool{in(c1), in(c1b), in(c2)}, map[string][]bool{
					"open": {true, true, true}, "full cone": {true, true, true}, "address-restricted": {true, true, false},
				}[k.Name]; want != nil && (got[0] != want[0] || got[1] != want[1] || got[2] != want[2]) || want == nil && (!got[0] || got[1] || got[2]) {
					t.Errorf("let in: %v", got)
				}
				p2 := probe(t, ch, c2, netip.AddrPortFrom(two.Addr(), 1))
				if p1.Addr() != h.Public() || p2.Addr() != h.Public() || (k.NATs != nil) != (h.Public() != h.Addr()) {
					t.Errorf("seen as %v and %v; public %v, own %v", p1, p2, h.Public(), h.Addr())
				}
				symmetric := k.Name == "symmetric" || k.Name == "symmetric random" || k.Name == "cgnat"
				if (p1 != p2) != symmetric {
					t.Errorf("mapped to %v and %v", p1, p2)
				}
				if k.Name == "symmetric" && p2.Port() != p1.Port()+1 {
					t.Errorf("ports %v and %v do not follow each other", p1, p2)
				}
			})
		})
	}
}

func TestHairpin(t *testing.T) {
	for _, hairpin := range []bool{false, true} {
		inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
			nat := natlab.FullCone()
			nat.Hairpin = hairpin
			s, server := lab.Site(nat), lab.Host()
			a, b := s.Host(), s.Host()
			ca, cb, cs := listen(t, a, 0), listen(t, b, 0), listen(t, server, 1)
			at := probe(t, cb, cs, netip.AddrPortFrom(server.Addr(), 1))
			src := probe(t, ca, cb, at)
			if src.IsValid() != hairpin || hairpin && src.Addr() != s.Outside() {
				t.Errorf("hairpin %v: came from %v", hairpin, src)
			}
			start := lab.Now()
			if src := probe(t, ca, cb, netip.AddrPortFrom(b.Addr(), port(cb))); src.Addr() != a.Addr() || lab.Now()-start > time.Millisecond {
				t.Errorf("over the cable: from %v in %v", src, lab.Now()-start)
			}
		})
	}
}

// TestCarrier: a home router behind a carrier's has two mappings, and two homes
// have the same addresses inside.
func TestCarrier(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		carrier := lab.Site(natlab.Carrier())
		home1, home2 := carrier.Site(natlab.PortRestricted()), carrier.Site(natlab.FullCone())
		a, b, server := home1.Host(), home2.Host(), lab.Host()
		if a.Addr() != b.Addr() || !netip.MustParsePrefix("100.64.0.0/10").Contains(home1.Outside()) || home1.Outside() == home2.Outside() {
			t.Errorf("%v %v, homes %v %v", a.Addr(), b.Addr(), home1.Outside(), home2.Outside())
		}
		ca, cb, cs := listen(t, a, 5000), listen(t, b, 5000), listen(t, server, 1)
		at := probe(t, ca, cs, netip.AddrPortFrom(server.Addr(), 1))
		if at.Addr() != carrier.Outside() || at.Addr() != a.Public() {
			t.Errorf("seen as %v", at)
		}
		if src := probe(t, cs, ca, at); src.Addr() != server.Addr() {
			t.Error("the answer is lost")
		}
		if !probe(t, cb, cs, netip.AddrPortFrom(server.Addr(), 1)).IsValid() {
			t.Fatal("b does not reach the server")
		}
		// Within the carrier's network the two homes see each other.
		start := lab.Now()
		src := probe(t, ca, cb, netip.AddrPortFrom(home2.Outside(), 5000))
		if src != netip.AddrPortFrom(home1.Outside(), 5000) || lab.Now()-start != natlab.DefaultLatency {
			t.Errorf("from home to home: from %v in %v", src, lab.Now()-start)
		}
		if carrier.Mappings() != 2 || home1.Mappings() != 1 {
			t.Errorf("%d and %d mappings", carrier.Mappings(), home1.Mappings())
		}
	})
}

func TestMappingsEnd(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		nat := natlab.FullCone()
		nat.Lifetime = 30 * time.Second
		s, server := lab.Site(nat), lab.Host()
		ca, cs := listen(t, s.Host(), 0), listen(t, server, 1)
		at := probe(t, ca, cs, netip.AddrPortFrom(server.Addr(), 1))
		reach := func() bool { return probe(t, cs, ca, at).IsValid() }
		time.Sleep(25 * time.Second)
		if !reach() {
			t.Error("closed too early")
		}
		time.Sleep(5 * time.Second)
		if reach() {
			t.Error("open for ever: what comes in must not lengthen it")
		}
		at = probe(t, ca, cs, netip.AddrPortFrom(server.Addr(), 1))
		if !reach() {
			t.Error("not open again")
		}
		s.Reboot()
		if reach() {
			t.Error("open after a reboot")
		}
		old := s.Outside()
		if s.Renumber() == old || s.Outside() == old {
			t.Error("the address stayed")
		}
		if now := probe(t, ca, cs, netip.AddrPortFrom(server.Addr(), 1)); now.Addr() != s.Outside() {
			t.Errorf("seen as %v, want %v", now, s.Outside())
		}
		if reach() {
			t.Error("the old address lives")
		}
	})
}

func TestForward(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		s, server := lab.Site(natlab.SymmetricRandom()), lab.Host()
		h, gate := s.Host(), s.Gateway()
		ch, cg, cs := listen(t, h, 5000), listen(t, gate, 5351), listen(t, server, 1)
		if src := probe(t, ch, cg, netip.AddrPortFrom(gate.Addr(), 5351)); src.Addr() != h.Addr() || gate.Addr().String() != "192.168.1.1" || s.Gateway() != gate {
			t.Errorf("gateway %v hears %v", gate.Addr(), src)
		}
		at := netip.AddrPortFrom(s.Outside(), 7777)
		if probe(t, cs, ch, at).IsValid() {
			t.Error("open already")
		}
		if !s.Forward(7777, h, 5000) || s.Forward(7777, gate, 1) || s.Forward(1, server, 1) {
			t.Error("Forward")
		}
		if !probe(t, cs, ch, at).IsValid() || probe(t, ch, cs, netip.AddrPortFrom(server.Addr(), 1)) != at {
			t.Error("not forwarded")
		}
		s.Unforward(7777)
		if probe(t, cs, ch, at).IsValid() {
			t.Error("open still")
		}
	})
}

func TestSockets(t *testing.T) {
	inLab(t, natlab.Config{Seed: 2}, func(t *testing.T, lab *natlab.Lab) {
		h, n := lab.Host(), lab.Host().Net()
		if _, err := h.Net().ListenPacket("udp4", "192.0.2.77:0"); err == nil {
			t.Error("an address of nobody is taken")
		}
		c := listen(t, h, 4000)
		if _, err := h.Net().ListenPacket("udp", h.Addr().String()+":4000"); err == nil {
			t.Error("a port is taken twice")
		}
		if _, err := n.DialTCP("tcp", nil, nil); err == nil {
			t.Error("TCP")
		}
		d, err := n.Dial("udp", netip.AddrPortFrom(h.Addr(), 4000).String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Write([]byte("hi")); err != nil {
			t.Fatal(err)
		}
		text, from := hear(t, c)
		if text != "hi" || from.String() != d.LocalAddr().String() {
			t.Errorf("%q from %v, dialed from %v", text, from, d.LocalAddr())
		}
		other := listen(t, h, 0)
		say(t, other, "not whom it dialed", from)
		say(t, c, "yes", from)
		var b [99]byte
		k, err := d.Read(b[:])
		if string(b[:k]) != "yes" || err != nil {
			t.Errorf("%q %v", b[:k], err)
		}
		start := time.Now()
		if text, _ := hear(t, c); text != "" || time.Since(start) != time.Second {
			t.Errorf("%q after %v", text, time.Since(start))
		}
		done := make(chan error)
		go func() { _, err := d.Read(b[:]); done <- err }()
		synctest.Wait()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		if _, err := d.Write(nil); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		for range 200 {
			say(t, other, string(make([]byte, 1400)), netip.AddrPortFrom(h.Addr(), 4000))
		}
		time.Sleep(time.Second)
		if got := lab.Counters(); got.Overflow == 0 || got.Received < 100 || got.NoPort != 1 {
			t.Errorf("%+v", got)
		}
		ifs, err := h.Net().Interfaces()
		if err != nil || len(ifs) != 2 {
			t.Error(ifs, err)
		}
	})
}

// TestRealTime: without a bubble the lab goes by the clock on the wall.
func TestRealTime(t *testing.T) {
	lab := natlab.New(natlab.Config{})
	defer lab.Close()
	a, b := lab.Host(), lab.Host()
	ca, cb := listen(t, a, 0), listen(t, b, 1)
	start := time.Now()
	if !probe(t, ca, cb, netip.AddrPortFrom(b.Addr(), 1)).IsValid() || time.Since(start) < natlab.DefaultLatency {
		t.Errorf("after %v", time.Since(start))
	}
	lab.Close()
	var b2 [1]byte
	if _, _, err := cb.ReadFrom(b2[:]); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := a.Net().ListenPacket("udp", ":0"); err == nil {
		t.Error("a closed lab gives sockets")
	}
}
