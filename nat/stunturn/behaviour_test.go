//go:build !js

package stunturn

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// four opens sockets on two addresses and the same two ports of each.
func four(t *testing.T) []net.PacketConn {
	t.Helper()
	hosts := [...]string{"127.0.0.1", "127.0.0.2"}
	for range 20 {
		var conns []net.PacketConn
		ports := [2]int{}
		for i := range 4 {
			c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(hosts[i/2]), Port: ports[i%2]})
			if err != nil {
				break // somebody else has that port there
			}
			ports[i%2] = c.LocalAddr().(*net.UDPAddr).Port
			conns = append(conns, c)
		}
		if len(conns) == 4 {
			return conns
		}
		closeAll(conns)
	}
	t.Skip("this machine has no second loopback address")
	return nil
}

func serveOn(t *testing.T, cfg Config, conns ...net.PacketConn) *Server {
	t.Helper()
	s, err := Serve(cfg, conns...)
	if err != nil {
		closeAll(conns)
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// freeSocket opens a socket that takes answers from everywhere.
func freeSocket(t *testing.T, host string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func receive(t *testing.T, c *net.UDPConn) (stunmsg.Message, netip.AddrPort, int) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 2000)
	n, from, err := c.ReadFromUDPAddrPort(buf)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stunmsg.Parse(buf[:n])
	if err != nil {
		t.Fatalf("%x: %v", buf[:n], err)
	}
	return m, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), n
}

func TestChangeRequest(t *testing.T) {
	s := serveOn(t, Config{}, four(t)...)
	addrs := s.Addrs()
	for i, to := range addrs {
		for _, w := range []stunmsg.Wish{{}, {ChangePort: true}, {ChangeIP: true}, {ChangeIP: true, ChangePort: true}} {
			c := freeSocket(t, "127.0.0.1")
			id := stunmsg.NewID()
			request := stunmsg.AppendAsk(nil, id, w)
			if _, err := c.WriteToUDPAddrPort(request, to); err != nil {
				t.Fatal(err)
			}
			m, from, n := receive(t, c)
			want := i
			if w.ChangeIP {
				want ^= 2
			}
			if w.ChangePort {
				want ^= 1
			}
			if from != addrs[want] || m.ID != id || m.Mapped != c.LocalAddr().(*net.UDPAddr).AddrPort() || m.Other != addrs[i^3] {
				t.Errorf("%+v of %v came from %v, want %v: %+v", w, to, from, addrs[want], m)
			}
			if n > len(request)+24 {
				t.Errorf("%d bytes answer %d", n, len(request))
			}
		}
	}
}

func TestTwoPorts(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{Also: []string{"127.0.0.1:0"}})
	c := freeSocket(t, "127.0.0.1")
	ask := func(w stunmsg.Wish) (stunmsg.Message, netip.AddrPort) {
		t.Helper()
		if _, err := c.WriteToUDPAddrPort(stunmsg.AppendAsk(nil, stunmsg.NewID(), w), s.Addr()); err != nil {
			t.Fatal(err)
		}
		m, from, _ := receive(t, c)
		return m, from
	}
	other := s.Addrs()[1]
	if m, from := ask(stunmsg.Wish{}); m.Other != other || from != s.Addr() {
		t.Errorf("%+v from %v", m, from)
	}
	if m, from := ask(stunmsg.Wish{ChangePort: true}); m.Kind != stunmsg.Success || from != other {
		t.Errorf("%+v from %v", m, from)
	}
	for _, w := range []stunmsg.Wish{{ChangeIP: true}, {ChangeIP: true, ChangePort: true}} {
		if m, from := ask(w); m.Kind != stunmsg.Failure || m.Code != 420 || from != s.Addr() {
			t.Errorf("%+v of one address: %+v from %v", w, m, from)
		}
	}
}

func TestResponsePort(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{})
	asks, gets := freeSocket(t, "127.0.0.1"), freeSocket(t, "127.0.0.1")
	port := gets.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	id := stunmsg.NewID()
	if _, err := asks.WriteToUDPAddrPort(stunmsg.AppendAsk(nil, id, stunmsg.Wish{Port: port}), s.Addr()); err != nil {
		t.Fatal(err)
	}
	m, from, _ := receive(t, gets)
	if m.ID != id || from != s.Addr() || m.Mapped != asks.LocalAddr().(*net.UDPAddr).AddrPort() {
		t.Errorf("%+v from %v", m, from)
	}
}

func TestPadding(t *testing.T) {
	s := serveOn(t, Config{}, four(t)...)
	for _, padding := range []int{4, 8, 12, 16, 40, 100, 1000, stunmsg.MaxSize - headerSize - paddingHead} {
		c := freeSocket(t, "127.0.0.1")
		request := stunmsg.AppendAsk(nil, stunmsg.NewID(), stunmsg.Wish{Padding: padding})
		if _, err := c.WriteToUDPAddrPort(request, s.Addr()); err != nil {
			t.Fatal(err)
		}
		m, _, n := receive(t, c)
		if m.Kind != stunmsg.Success || padding >= 40 && (n != len(request) || m.Origin != s.Addr()) || n > len(request)+24 {
			t.Errorf("%d bytes answer %d: %+v", n, len(request), m)
		}
	}
}

// The addresses told to clients are those that Config.Public names.
func TestPublic(t *testing.T) {
	public := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:3478"), netip.MustParseAddrPort("192.0.2.1:3479")}
	s := listen(t, "127.0.0.1:0", Config{Also: []string{"127.0.0.1:0"}, Public: public})
	m, _ := ask(t, dial(t, s.Addrs()[1]), stunmsg.AppendRequest(nil, stunmsg.NewID()))
	if m.Other != public[0] {
		t.Errorf("%+v", m)
	}
}

// Of a wildcard nobody knows the address that was asked, but its other port is
// known: whoever asked knows the rest.
func TestWildcardTellsItsOtherPort(t *testing.T) {
	s := listen(t, ":0", Config{Also: []string{":0"}})
	hosts := []string{"127.0.0.1"}
	if has6() {
		hosts = append(hosts, "::1")
	}
	for _, host := range hosts {
		to := netip.AddrPortFrom(netip.MustParseAddr(host), s.Addr().Port())
		m, n := ask(t, dial(t, to), stunmsg.AppendRequest(nil, stunmsg.NewID()))
		if m.Kind != stunmsg.Success || !m.Other.Addr().IsUnspecified() || m.Other.Addr().Is4() != to.Addr().Is4() ||
			m.Other.Port() != s.Addrs()[1].Port() || n > headerSize+2*stunmsg.AddressSize(to.Addr()) {
			t.Errorf("%d bytes: %+v", n, m)
		}
		c := freeSocket(t, host)
		if _, err := c.WriteToUDPAddrPort(stunmsg.AppendAsk(nil, stunmsg.NewID(), stunmsg.Wish{ChangePort: true}), to); err != nil {
			t.Fatal(err)
		}
		if m, from, _ := receive(t, c); m.Kind != stunmsg.Success || from.Port() != s.Addrs()[1].Port() {
			t.Errorf("%+v from %v", m, from)
		}
	}
	mixed := listen(t, "0.0.0.0:0", Config{Also: []string{"127.0.0.1:0"}})
	if m, _ := ask(t, dial(t, mixed.Addrs()[1]), stunmsg.AppendRequest(nil, stunmsg.NewID())); m.Other.IsValid() {
		t.Errorf("a wildcard and an address: %+v", m)
	}
	b := stunmsg.AppendAsk(nil, stunmsg.NewID(), stunmsg.Wish{ChangeIP: true, ChangePort: true})
	if m, _ := ask(t, dial(t, mixed.Addrs()[1]), b); m.Kind != stunmsg.Failure || m.Code != 420 {
		t.Errorf("a wildcard and an address: %+v", m)
	}
}

func TestServeRefuses(t *testing.T) {
	udp := freeSocket(t, "127.0.0.1")
	unix, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: t.TempDir() + "/s"})
	if err != nil {
		t.Skip(err)
	}
	defer unix.Close()
	for name, c := range map[string]struct {
		cfg   Config
		conns []net.PacketConn
	}{
		"none":         {Config{}, nil},
		"too many":     {Config{}, slices.Repeat([]net.PacketConn{udp}, MaxSockets+1)},
		"not UDP":      {Config{}, []net.PacketConn{unix}},
		"public":       {Config{Public: make([]netip.AddrPort, 1)}, []net.PacketConn{udp}},
		"public count": {Config{Public: []netip.AddrPort{addrPort(udp.LocalAddr()), addrPort(udp.LocalAddr())}}, []net.PacketConn{udp}},
		"also":         {Config{Also: make([]string, MaxSockets)}, []net.PacketConn{udp}},
	} {
		if s, err := Serve(c.cfg, c.conns...); err == nil || s != nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if s, err := Listen("127.0.0.1:0", Config{Also: []string{addrPort(udp.LocalAddr()).String()}}); err == nil {
		s.Close()
		t.Error("a port in use is accepted")
	}
}

// FuzzAnswer: whatever is asked, the answer goes nowhere else, is as small as
// promised, and readable.
func FuzzAnswer(f *testing.F) {
	f.Add(stunmsg.AppendRequest(nil, stunmsg.ID{}), false)
	f.Add(stunmsg.AppendAsk(nil, stunmsg.ID{1}, stunmsg.Wish{ChangeIP: true, ChangePort: true, Port: 7, Padding: 100}), true)
	f.Add([]byte("\x00\x01\x00\x04\x21\x12\xa4\x42\x01\x02\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00"), true)
	var sockets []*socket
	for _, a := range []string{
		"192.0.2.1:1", "192.0.2.1:2", "192.0.2.2:1", "192.0.2.2:2", "[2001:db8::1]:1", "[2001:db8::1]:2", "[2001:db8::2]:1", "[2001:db8::2]:2",
	} {
		sockets = append(sockets, &socket{public: netip.MustParseAddrPort(a)})
	}
	s := &Server{sockets: sockets}
	f.Fuzz(func(t *testing.T, b []byte, v6 bool) {
		m, err := stunmsg.Parse(b)
		if err != nil || m.Kind != stunmsg.Request {
			return
		}
		here, from := sockets[0], netip.MustParseAddrPort("198.51.100.1:9")
		if v6 {
			here, from = sockets[4], netip.MustParseAddrPort("[2001:db8:1::1]:9")
		}
		by, answer := s.respond(nil, here, m, len(b), from)
		if by == nil || by.public.Addr().Is4() != from.Addr().Is4() {
			t.Fatalf("%+v is answered by %+v", m, by)
		}
		if len(answer) > largest(len(b), from.Addr()) {
			t.Fatalf("%d bytes answer %d", len(answer), len(b))
		}
		got, err := stunmsg.Parse(answer)
		if err != nil || got.ID != m.ID || got.Kind == stunmsg.Success && got.Mapped != from {
			t.Fatalf("%x: %+v, %v", answer, got, err)
		}
	})
}
