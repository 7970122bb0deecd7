package portmap

import (
	"net/netip"
	"syscall"

	"golang.org/x/net/route"
)

// defaultGateway reads the kernel's table: the route to everywhere.
func defaultGateway() netip.Addr {
	rib, err := route.FetchRIB(syscall.AF_INET, route.RIBTypeRoute, 0)
	if err != nil {
		return netip.Addr{}
	}
	messages, err := route.ParseRIB(route.RIBTypeRoute, rib)
	if err != nil {
		return netip.Addr{}
	}
	for _, m := range messages {
		r, ok := m.(*route.RouteMessage)
		if !ok || r.Flags&(syscall.RTF_UP|syscall.RTF_GATEWAY) != syscall.RTF_UP|syscall.RTF_GATEWAY || len(r.Addrs) <= syscall.RTAX_NETMASK {
			continue
		}
		to, ok1 := r.Addrs[syscall.RTAX_DST].(*route.Inet4Addr)
		by, ok2 := r.Addrs[syscall.RTAX_GATEWAY].(*route.Inet4Addr)
		if ok1 && ok2 && to.IP == [4]byte{} {
			return netip.AddrFrom4(by.IP)
		}
	}
	return netip.Addr{}
}
