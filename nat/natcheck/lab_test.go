//go:build !js

package main

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// serve starts a STUN server on hosts of its own in the laboratory.
func serve(t *testing.T, lab *natlab.Lab, addresses, ports int, six bool) *stunturn.Server {
	t.Helper()
	var conns []net.PacketConn
	for range addresses {
		host := lab.Host()
		for p := range ports {
			c, err := host.Net().ListenPacket("udp4", netip.AddrPortFrom(host.Addr(), uint16(3478+p)).String())
			if err != nil {
				t.Fatal(err)
			}
			if six {
				c = conn6{c}
			}
			conns = append(conns, c)
		}
	}
	s, err := stunturn.Serve(stunturn.Config{PerSource: stunturn.NoLimit}, conns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newLab() *natlab.Lab {
	return natlab.New(natlab.Config{Seed: 12, Weather: weather.Weather{Latency: 25 * time.Millisecond}})
}

var (
	errNoRoute = errors.New("network is unreachable")
	errNoNames = errors.New("no such host")
)

// unplugged is a network that is unplugged.
type unplugged struct{}

func (unplugged) ListenPacket(string, string) (net.PacketConn, error) { return nil, errNoRoute }
func (unplugged) Dial(string, string) (net.Conn, error)               { return nil, errNoRoute }
func (unplugged) ResolveUDPAddr(string, string) (*net.UDPAddr, error) { return nil, errNoNames }

// nameless is a network without a name server.
type nameless struct{ nat.Net }

func (nameless) ResolveUDPAddr(string, string) (*net.UDPAddr, error) { return nil, errNoNames }

// only6 shows a network of IPv4 as one of IPv6 alone, because the laboratory has
// no other.
type only6 struct{ nat.Net }

func (n only6) ListenPacket(network, _ string) (net.PacketConn, error) {
	if network != "udp6" {
		return nil, errNoRoute
	}
	c, err := n.Net.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		return nil, err
	}
	return conn6{c}, nil
}

func (n only6) Dial(network, address string) (net.Conn, error) {
	if network != "udp6" {
		return nil, errNoRoute
	}
	c, err := n.Net.Dial("udp4", to4(netip.MustParseAddrPort(address)).String())
	if err != nil {
		return nil, err
	}
	return dialed6{c}, nil
}

// conn6 writes IPv4 addresses as IPv6 ones.
type conn6 struct{ net.PacketConn }

func (c conn6) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.PacketConn.ReadFrom(b)
	if err != nil {
		return 0, nil, err
	}
	return n, to6(from), nil
}

func (c conn6) WriteTo(b []byte, to net.Addr) (int, error) {
	return c.PacketConn.WriteTo(b, net.UDPAddrFromAddrPort(to4(to.(*net.UDPAddr).AddrPort())))
}

func (c conn6) LocalAddr() net.Addr { return to6(c.PacketConn.LocalAddr()) }

type dialed6 struct{ net.Conn }

func (c dialed6) LocalAddr() net.Addr { return to6(c.Conn.LocalAddr()) }

var prefix6 = netip.MustParseAddr("2001:db8::").As16()

func to6(a net.Addr) net.Addr {
	v4 := a.(*net.UDPAddr).AddrPort()
	ip, low := prefix6, v4.Addr().Unmap().As4()
	copy(ip[12:], low[:])
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.AddrFrom16(ip), v4.Port()))
}

func to4(a netip.AddrPort) netip.AddrPort {
	ip := a.Addr().As16()
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:])), a.Port())
}
