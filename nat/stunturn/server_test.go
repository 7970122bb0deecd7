//go:build !js

package stunturn

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func listen(t *testing.T, addr string, cfg Config) *Server {
	t.Helper()
	s, err := Listen(addr, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// dial returns a socket that talks to addr alone.
func dial(t *testing.T, addr netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func ask(t *testing.T, c *net.UDPConn, request []byte) (stunmsg.Message, int) {
	t.Helper()
	if _, err := c.Write(request); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 1500)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stunmsg.Parse(buf[:n])
	if err != nil {
		t.Fatalf("%x: %v", buf[:n], err)
	}
	return m, n
}

func TestAnswersWithTheSendersAddress(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		t.Run(host, func(t *testing.T) {
			if host == "[::1]" && !has6() {
				t.Skip("this machine has no IPv6 loopback")
			}
			s := listen(t, host+":0", Config{})
			c := dial(t, s.Addr())
			id := stunmsg.NewID()
			request := stunmsg.AppendRequest(nil, id)
			m, n := ask(t, c, request)
			if want := c.LocalAddr().(*net.UDPAddr).AddrPort(); m.Kind != stunmsg.Success || m.ID != id || m.Mapped != want {
				t.Errorf("%+v, want %v", m, want)
			}
			if n > len(request)+24 {
				t.Errorf("%d bytes answer %d", n, len(request))
			}
		})
	}
}

func has6() bool {
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// One server on all addresses speaks both families, and says an IPv4 address
// as one.
func TestAllAddresses(t *testing.T) {
	s := listen(t, ":0", Config{})
	hosts := []string{"127.0.0.1"}
	if has6() {
		hosts = append(hosts, "::1")
	}
	for _, host := range hosts {
		c := dial(t, netip.AddrPortFrom(netip.MustParseAddr(host), s.Addr().Port()))
		m, _ := ask(t, c, stunmsg.AppendRequest(nil, stunmsg.NewID()))
		if want := c.LocalAddr().(*net.UDPAddr).AddrPort(); m.Mapped != want {
			t.Errorf("%s: %+v, want %v", host, m, want)
		}
	}
}

func TestUnknownAttributeIsError420(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{})
	id := stunmsg.NewID()
	request := append(stunmsg.AppendRequest(nil, id), 0, 3, 0, 4, 0, 0, 0, 6) // CHANGE-REQUEST
	request[3] = 8
	if m, _ := ask(t, dial(t, s.Addr()), request); m.Kind != stunmsg.Failure || m.Code != 420 || m.ID != id {
		t.Errorf("%+v", m)
	}
}

func TestJunkIsCountedAndNotAnswered(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{})
	c := dial(t, s.Addr())
	response := stunmsg.AppendSuccess(nil, stunmsg.NewID(), s.Addr())
	junk := [][]byte{{}, {0}, []byte("GET / HTTP/1.1\r\n\r\n"), make([]byte, 1400), response, response[:24]}
	for _, b := range junk {
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	id := stunmsg.NewID()
	if m, _ := ask(t, c, stunmsg.AppendRequest(nil, id)); m.ID != id {
		t.Errorf("the first answer is %+v", m)
	}
	// Loopback keeps the order, so all junk was seen before the request.
	if got := s.Stats(); got.Junk+got.Failed != int64(len(junk)) || got.Panics != 0 {
		t.Errorf("%+v", got)
	}
}

func TestPortInUse(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{})
	_, err := Listen(s.Addr().String(), Config{})
	var e *ListenError
	if !errors.Is(err, ErrPortInUse) || !errors.As(err, &e) || e.Addr != s.Addr().String() || !strings.Contains(err.Error(), s.Addr().String()) {
		t.Fatalf("%v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := listen(t, s.Addr().String(), Config{})
	ask(t, dial(t, again.Addr()), stunmsg.AppendRequest(nil, stunmsg.NewID()))
}

func TestListenErrors(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "127.0.0.1:99999", "192.0.2.1:0"} {
		s, err := Listen(addr, Config{})
		var e *ListenError
		if !errors.As(err, &e) || errors.Is(err, ErrPortInUse) || s != nil {
			t.Errorf("%s: %v, %v", addr, s, err)
		}
	}
	for _, n := range []int{-2, MaxPerSource + 1} {
		if _, err := Listen("127.0.0.1:0", Config{PerSource: n}); err == nil {
			t.Errorf("PerSource %d accepted", n)
		}
	}
}

func TestRateLimit(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{PerSource: 1})
	c := dial(t, s.Addr())
	for range burst {
		ask(t, c, stunmsg.AppendRequest(nil, stunmsg.NewID()))
	}
	const more = 20
	for range more {
		if _, err := c.Write(stunmsg.AppendRequest(nil, stunmsg.NewID())); err != nil {
			t.Fatal(err)
		}
	}
	// Another source is still served; on macOS 127.0.0.2 would need an alias.
	other, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}, net.UDPAddrFromAddrPort(s.Addr()))
	if err != nil {
		t.Skip("no second loopback address:", err)
	}
	defer other.Close()
	ask(t, other, stunmsg.AppendRequest(nil, stunmsg.NewID()))
	// A token may have come back meanwhile on a slow machine.
	if got := s.Stats(); got.Limited < more-5 || got.Answered > burst+1+5 {
		t.Errorf("%+v", got)
	}
}

func TestLimiter(t *testing.T) {
	l := newLimiter(10)
	a, b := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::ffff:2")
	if source(a) != source(b) || source(a) == source(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("an IPv6 source is not its /64")
	}
	if v4 := netip.MustParseAddr("192.0.2.1"); source(v4) != source(netip.MustParseAddr("::ffff:192.0.2.1")) || source(v4) == source(v4.Next()) {
		t.Error("an IPv4 source is not its address")
	}
	took := 0
	for range 1000 {
		if l.allow(a, 0) {
			took++
		}
	}
	if took != 10*burst || l.allow(b, 0) {
		t.Errorf("%d at once, want %d", took, 10*burst)
	}
	took = 0
	for at := time.Second; at < 11*time.Second; at += 10 * time.Millisecond {
		if l.allow(a, at) {
			took++
		}
	}
	if took < 100 || took > 110 {
		t.Errorf("%d in ten seconds, want 10 a second", took)
	}
	if !newLimiter(NoLimit).allow(a, 0) {
		t.Error("NoLimit limits")
	}
}

func TestSurvivesAPanicInTheParser(t *testing.T) {
	s, err := open("127.0.0.1:0", Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.parse = func(b []byte) (stunmsg.Message, error) {
		if len(b) == 4 {
			panic("as GHSA-34rh-wp3j-6cxc does")
		}
		return stunmsg.Parse(b)
	}
	s.start()
	c := dial(t, s.Addr())
	if _, err := c.Write(make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	ask(t, c, stunmsg.AppendRequest(nil, stunmsg.NewID()))
	if got := s.Stats(); got.Panics != 1 || got.Junk != 0 {
		t.Errorf("%+v", got)
	}
}

func TestCloseTwice(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
