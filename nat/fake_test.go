//go:build !js

package nat

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// udp opens a socket on a loopback address, closed at the test's end.
func udp(t *testing.T, ip string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Skipf("no address %s here: %v", ip, err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func addr(c *net.UDPConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }

func url(a netip.AddrPort) string { return "stun:" + a.String() }

// stunServer starts a real server and returns its address.
func stunServer(t *testing.T, host string) netip.AddrPort {
	t.Helper()
	s, err := stunturn.Listen(host+":0", stunturn.Config{PerSource: stunturn.NoLimit})
	if err != nil {
		t.Skipf("no address %s here: %v", host, err)
	}
	t.Cleanup(func() { s.Close() })
	return s.Addr()
}

// serve runs one goroutine that hands every datagram to answer, until the
// test's end.
func serve(t *testing.T, c *net.UDPConn, answer func(b []byte, from netip.AddrPort)) {
	t.Helper()
	var done sync.WaitGroup
	done.Go(func() {
		buf := make([]byte, 2000)
		for {
			n, from, err := c.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			answer(buf[:n], from)
		}
	})
	t.Cleanup(func() {
		c.Close()
		done.Wait()
	})
}

// liar is a server that answers each request with what say makes of it.
func liar(t *testing.T, say func(id stunmsg.ID, from netip.AddrPort) []byte) netip.AddrPort {
	t.Helper()
	c := udp(t, "127.0.0.1")
	serve(t, c, func(b []byte, from netip.AddrPort) {
		if m, err := stunmsg.Parse(b); err == nil {
			if answer := say(m.ID, from); answer != nil {
				c.WriteToUDPAddrPort(answer, from)
			}
		}
	})
	return addr(c)
}

// fakeNAT stands between one client and some servers: the client sends to what
// fakeNAT returns in place of each server, and the NAT sends on. A cone sends
// all of it from one port; a symmetric NAT has one for each server.
func fakeNAT(t *testing.T, symmetric bool, servers ...netip.AddrPort) (inside, outside []netip.AddrPort) {
	t.Helper()
	var out *net.UDPConn
	var mu sync.Mutex
	var client netip.AddrPort
	fronts := make(map[netip.AddrPort]*net.UDPConn) // by server
	for _, server := range servers {
		front := udp(t, "127.0.0.1")
		fronts[server] = front
		inside = append(inside, addr(front))
	}
	for _, server := range servers {
		if out == nil || symmetric {
			out = udp(t, "127.0.0.1")
			back := out
			serve(t, back, func(b []byte, from netip.AddrPort) {
				mu.Lock()
				to := client
				mu.Unlock()
				if front := fronts[from]; front != nil && to.IsValid() {
					front.WriteToUDPAddrPort(b, to)
				}
			})
		}
		outside = append(outside, addr(out))
		through := out
		serve(t, fronts[server], func(b []byte, from netip.AddrPort) {
			mu.Lock()
			client = from
			mu.Unlock()
			through.WriteToUDPAddrPort(b, server)
		})
	}
	return inside, outside
}
