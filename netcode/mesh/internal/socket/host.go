//go:build !js

package socket

import (
	"net"
	"net/netip"
	"slices"

	"github.com/pion/transport/v4/stdnet"
)

// maxHosts is how many addresses of the machine are told, of each family.
const maxHosts = 4

// Hosts returns the machine's addresses as of now, with our ports: where the
// sockets can be reached from its own networks.
func (s *Set) Hosts() (list []netip.AddrPort) {
	for _, a := range s.Addresses() {
		if k := s.socks[familyOf(a)]; k != nil {
			list = append(list, netip.AddrPortFrom(a, k.shown.Port()))
		}
	}
	return list
}

// Port returns the port of the socket of a's family; 0 if there is none.
func (s *Set) Port(a netip.Addr) uint16 {
	if k := s.socks[familyOf(a)]; k != nil {
		return k.shown.Port()
	}
	return 0
}

// Addresses returns the machine's usable addresses: those of interfaces that
// are up, no link-local ones, and of the loopback interface only if it is asked
// for or there is no other.
func (s *Set) Addresses() []netip.Addr {
	usual, loopback := s.addresses()
	if s.cfg.Loopback || len(usual) == 0 {
		return loopback
	}
	return usual
}

func (s *Set) onlyLoopback() bool {
	list := s.Addresses()
	return len(list) > 0 && list[0].IsLoopback()
}

func (s *Set) addresses() (usual, loopback []netip.Addr) {
	n := s.cfg.Net
	if _, ok := n.(*stdnet.Net); ok {
		if now, err := stdnet.NewNet(); err == nil {
			n = now // the old one's list is of when it was made
		}
	}
	interfaces, err := n.Interfaces()
	if err != nil {
		return nil, nil
	}
	var count [families]int
	var near []netip.Prefix
	defer func() { s.burns.around(near) }()
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			ip, ok := netip.AddrFromSlice(n.IP)
			ip = ip.Unmap()
			if bits, size := n.Mask.Size(); ok && size == ip.BitLen() {
				near = append(near, netip.PrefixFrom(ip, bits).Masked())
			}
			switch f := familyOf(ip); {
			case !ok || !ip.IsValid() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast():
			case ip.IsLoopback():
				loopback = append(loopback, ip)
			case count[f] < maxHosts && !slices.Contains(usual, ip):
				count[f]++
				usual = append(usual, ip)
			}
		}
	}
	return usual, loopback
}
