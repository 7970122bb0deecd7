//go:build !js

package nat

import (
	"context"
	"net"
	"net/netip"
)

// Net is a network to probe on. pion's transport.Net is one, so a probe runs in
// a simulated network, such as netcode/simnet/natlab, as well.
type Net interface {
	// ListenPacket opens a socket for "udp4" or "udp6" on an address with port 0.
	ListenPacket(network, address string) (net.PacketConn, error)
	// Dial opens a socket that is connected; nothing is sent through it. It
	// fails if there is no route.
	Dial(network, address string) (net.Conn, error)
	// ResolveUDPAddr looks up a name, for "udp4" or "udp6".
	ResolveUDPAddr(network, address string) (*net.UDPAddr, error)
}

// system is the machine's own network.
type system struct{}

func (system) ListenPacket(network, address string) (net.PacketConn, error) {
	return net.ListenPacket(network, address)
}

func (system) Dial(network, address string) (net.Conn, error) { return net.Dial(network, address) }

func (system) ResolveUDPAddr(network, address string) (*net.UDPAddr, error) {
	return net.ResolveUDPAddr(network, address)
}

// resolve returns the addresses of a host's name. On the system's network it
// ends with ctx.
func resolve(ctx context.Context, on Net, host string) ([]netip.Addr, error) {
	if _, ok := on.(system); ok {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
	var ips []netip.Addr
	var last error
	for _, network := range [...]string{"udp4", "udp6"} {
		a, err := on.ResolveUDPAddr(network, net.JoinHostPort(host, "1"))
		if err != nil {
			last = err
			continue
		}
		if ip, ok := netip.AddrFromSlice(a.IP); ok {
			ips = append(ips, ip.Unmap())
		}
	}
	if len(ips) > 0 {
		return ips, nil
	}
	return nil, last
}

// far are addresses that nobody has, in either family, to ask the system for a
// route to the internet without sending anything.
var far = map[string]string{"udp4": "192.0.2.1:9", "udp6": "[2001:db8::1]:9"}

// route returns the address that packets to an address leave by; the zero Addr
// if there is no way.
func route(on Net, network, to string) netip.Addr {
	c, err := on.Dial(network, to)
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	a, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip := a.AddrPort().Addr().Unmap().WithZone("")
	if ip.IsUnspecified() {
		return netip.Addr{}
	}
	return ip
}
