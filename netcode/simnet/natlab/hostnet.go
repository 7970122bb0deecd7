//go:build !js

package natlab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/pion/transport/v4"
)

// hostNet is the network as a program on a host sees it.
type hostNet struct{ host *Host }

var _ transport.Net = (*hostNet)(nil)

var errOnlyUDP = errors.New("natlab: a lab carries UDP and nothing else")

func (n *hostNet) ListenPacket(network, address string) (net.PacketConn, error) {
	a, err := n.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return n.ListenUDP(network, a)
}

func (n *hostNet) ListenUDP(network string, local *net.UDPAddr) (transport.UDPConn, error) {
	s, err := n.open(network, local, netip.AddrPort{})
	if err != nil {
		return nil, err // not a nil *socket
	}
	return s, nil
}

func (n *hostNet) DialUDP(network string, local, remote *net.UDPAddr) (transport.UDPConn, error) {
	if remote == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("missing address")}
	}
	to := remote.AddrPort()
	s, err := n.open(network, local, netip.AddrPortFrom(to.Addr().Unmap(), to.Port()))
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (n *hostNet) Dial(network, address string) (net.Conn, error) {
	a, err := n.ResolveUDPAddr(network, address)
	if err != nil {
		return nil, err
	}
	return n.DialUDP(network, nil, a)
}

// open makes a socket.
func (n *hostNet) open(network string, at *net.UDPAddr, remote netip.AddrPort) (*socket, error) {
	h, l := n.host, n.host.lab
	var local netip.AddrPort
	if at != nil {
		local = at.AddrPort()
	}
	fail := func(err error) (*socket, error) {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: net.UDPAddrFromAddrPort(local), Err: err}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	addr := local.Addr().Unmap()
	switch network {
	case "udp", "udp4":
		if !addr.IsValid() || addr == netip.IPv6Unspecified() && network == "udp" {
			addr = netip.IPv4Unspecified()
		}
	case "udp6":
		if !l.cfg.IPv6 {
			return fail(syscall.EAFNOSUPPORT)
		}
		if !addr.IsValid() {
			addr = netip.IPv6Unspecified()
		}
	default:
		return fail(fmt.Errorf("%w: %s", errOnlyUDP, network))
	}
	if remote.IsValid() && addr.IsUnspecified() {
		switch addr = h.addr; {
		case remote.Addr().IsLoopback():
			addr = remote.Addr()
		case remote.Addr().Is6():
			addr = h.addr6
		}
	}
	switch {
	case l.closed:
		return fail(net.ErrClosed)
	case !addr.IsUnspecified() && !addr.IsLoopback() && addr != h.addr && addr != h.addr6 || !addr.IsValid():
		return fail(syscall.EADDRNOTAVAIL)
	}
	local = netip.AddrPortFrom(addr, local.Port())
	if local.Port() == 0 {
		port := h.choose()
		if port == 0 {
			return fail(syscall.EADDRINUSE)
		}
		local = netip.AddrPortFrom(addr, port)
	} else if h.taken(local) {
		return fail(syscall.EADDRINUSE)
	}
	s := newSocket(h, local, remote)
	h.socks[local] = s
	return s, nil
}

// taken says whether a socket would collide with another one. l.mu is held.
func (h *Host) taken(a netip.AddrPort) bool {
	if a.Addr().IsUnspecified() {
		for b := range h.socks {
			if b.Port() == a.Port() && b.Addr().Is4() == a.Addr().Is4() {
				return true
			}
		}
		return false
	}
	return h.find(a) != nil
}

// The ports that sockets get which ask for none.
const firstFree, lastFree = 49152, 65535

// choose returns a free port, 0 if there is none. l.mu is held.
func (h *Host) choose() uint16 {
	used := map[uint16]bool{}
	for b := range h.socks {
		used[b.Port()] = true
	}
	const span = lastFree - firstFree + 1
	start := int(h.dice.Below(span))
	for i := range span {
		if port := uint16(firstFree + (start+i)%span); !used[port] {
			return port
		}
	}
	return 0
}

func (n *hostNet) ListenTCP(string, *net.TCPAddr) (transport.TCPListener, error) {
	return nil, errOnlyUDP
}

func (n *hostNet) DialTCP(string, *net.TCPAddr, *net.TCPAddr) (transport.TCPConn, error) {
	return nil, errOnlyUDP
}

func (n *hostNet) ResolveIPAddr(_, address string) (*net.IPAddr, error) {
	if strings.EqualFold(address, "localhost") {
		address = "127.0.0.1"
	}
	if address == "" {
		return &net.IPAddr{IP: net.IPv4zero}, nil
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return nil, &net.DNSError{Err: "a lab knows no names", Name: address, IsNotFound: true}
	}
	return &net.IPAddr{IP: a.AsSlice(), Zone: a.Zone()}, nil
}

func (n *hostNet) ResolveUDPAddr(network, address string) (*net.UDPAddr, error) {
	if !strings.HasPrefix(network, "udp") {
		return nil, fmt.Errorf("%w: %s", errOnlyUDP, network)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ip, err := n.ResolveIPAddr("ip", host)
	if err != nil {
		return nil, err
	}
	number, err := net.LookupPort("udp", port)
	if err != nil {
		return nil, err
	}
	return &net.UDPAddr{IP: ip.IP, Port: number, Zone: ip.Zone}, nil
}

func (n *hostNet) ResolveTCPAddr(_, address string) (*net.TCPAddr, error) {
	a, err := n.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, err
	}
	return &net.TCPAddr{IP: a.IP, Port: a.Port, Zone: a.Zone}, nil
}

func (n *hostNet) Interfaces() ([]*transport.Interface, error) {
	h := n.host
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	lo := transport.NewInterface(net.Interface{Index: 1, MTU: 65536, Name: "lo", Flags: net.FlagUp | net.FlagLoopback | net.FlagRunning})
	lo.AddAddress(&net.IPNet{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(8, 32)})
	eth := transport.NewInterface(net.Interface{
		Index: 2, MTU: ethernet, Name: "eth0", Flags: net.FlagUp | net.FlagBroadcast | net.FlagMulticast | net.FlagRunning,
		HardwareAddr: net.HardwareAddr{2, 0, 0, 0, byte(h.index >> 8), byte(h.index)},
	})
	bits := 24
	if h.site != nil {
		bits = h.site.table.nat.LAN.Bits()
	}
	eth.AddAddress(&net.IPNet{IP: h.addr.AsSlice(), Mask: net.CIDRMask(bits, 32)})
	if h.addr6.IsValid() {
		eth.AddAddress(&net.IPNet{IP: h.addr6.AsSlice(), Mask: net.CIDRMask(64, 128)})
	}
	return []*transport.Interface{lo, eth}, nil
}

func (n *hostNet) InterfaceByIndex(index int) (*transport.Interface, error) {
	return n.find(func(i *transport.Interface) bool { return i.Index == index })
}

func (n *hostNet) InterfaceByName(name string) (*transport.Interface, error) {
	return n.find(func(i *transport.Interface) bool { return i.Name == name })
}

func (n *hostNet) find(is func(*transport.Interface) bool) (*transport.Interface, error) {
	all, err := n.Interfaces()
	for _, i := range all {
		if is(i) {
			return i, err
		}
	}
	return nil, transport.ErrInterfaceNotFound
}

func (n *hostNet) CreateDialer(*net.Dialer) transport.Dialer { return n }

func (n *hostNet) CreateListenConfig(*net.ListenConfig) transport.ListenConfig {
	return listenConfig{n}
}

type listenConfig struct{ net *hostNet }

func (c listenConfig) Listen(context.Context, string, string) (net.Listener, error) {
	return nil, errOnlyUDP
}

func (c listenConfig) ListenPacket(_ context.Context, network, address string) (net.PacketConn, error) {
	return c.net.ListenPacket(network, address)
}
