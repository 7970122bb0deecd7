//go:build !js

package socket

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/transport/v4/stdnet"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open makes a set on the loopback interface.
func open(t testing.TB, cfg Config) *Set {
	t.Helper()
	n, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	cfg.Net, cfg.Loopback = n, true
	if cfg.Now == nil {
		cfg.Now = func() time.Duration { return time.Since(start) }
	}
	knocked, own := make(chan struct{}, 1), cfg.Knock
	cfg.Knock = func(from netip.AddrPort, b []byte) {
		if len(b) == 1 {
			knocked <- struct{}{}
		} else if own != nil {
			own(from, b)
		}
	}
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	knocks.Store(at(s), knocked)
	t.Cleanup(func() { s.Close(); knocks.Delete(at(s)) })
	return s
}

// knocks are told of by sets, by their addresses.
var knocks sync.Map

// settle returns when the set at an address has read all that was sent to it
// until now: a socket keeps the order on loopback.
func settle(t testing.TB, to netip.AddrPort) {
	t.Helper()
	c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte{Knock}); err != nil {
		t.Fatal(err)
	}
	knocked, _ := knocks.Load(to)
	select {
	case <-knocked.(chan struct{}):
	case <-time.After(20 * time.Second):
		t.Fatal("a set reads nothing")
	}
}

// at returns the address of a set's IPv4 socket.
func at(s *Set) netip.AddrPort { return s.socks[v4].shown }

// flow makes a flow that is with theirs, and the end that pion would have.
func flow(t testing.TB, s *Set, ours, theirs string) (*Flow, *end) {
	t.Helper()
	f := s.Flow(ours)
	f.Secure("password-of-" + ours)
	f.Meet(theirs, "password-of-"+theirs, true)
	f.GoOn() // it has had its handshake
	c, err := s.GetConn(ours, s.GetListenAddresses()[0])
	if err != nil {
		t.Fatal(err)
	}
	return f, c.(*end)
}

// next reads the next packet, or returns nil after a while.
func next(e *end) (from netip.AddrPort, b []byte) {
	late := time.Now().Add(10 * time.Second)
	for time.Now().Before(late) {
		if p := e.queue.take(); p != nil {
			return p.from, p.data[:p.n]
		}
		time.Sleep(time.Millisecond)
	}
	return netip.AddrPort{}, nil
}

// quiet says that nothing has come that was sent until now, nor comes within a
// moment.
func quiet(t testing.TB, e *end) bool {
	t.Helper()
	settle(t, at(e.flow.set))
	time.Sleep(20 * time.Millisecond)
	return e.queue.take() == nil
}

// drain forgets what came: each of the first packets comes three times.
func drain(t testing.TB, ends ...*end) {
	t.Helper()
	time.Sleep(60 * time.Millisecond)
	for _, e := range ends {
		settle(t, at(e.flow.set))
		for e.queue.take() != nil {
		}
	}
}

// record is a DTLS record of an epoch.
func record(epoch byte, text string) []byte {
	return append([]byte{23, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 0, 0, byte(len(text))}, text...)
}
