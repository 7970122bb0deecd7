package portmap

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

// defaultGateway is the first IPv4 gateway of the adapter with the lowest
// metric.
func defaultGateway() (best netip.Addr) {
	const flags = windows.GAA_FLAG_INCLUDE_GATEWAYS | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST | windows.GAA_FLAG_SKIP_DNS_SERVER
	size := uint32(15 << 10)
	var buf []byte
	for range 3 {
		buf = make([]byte, size)
		err := windows.GetAdaptersAddresses(windows.AF_INET, flags, 0, (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0])), &size)
		if err == nil {
			break
		}
		if err != windows.ERROR_BUFFER_OVERFLOW {
			return netip.Addr{}
		}
	}
	lowest := ^uint32(0)
	for a := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0])); a != nil; a = a.Next {
		if a.OperStatus != windows.IfOperStatusUp || a.FirstGatewayAddress == nil || a.Ipv4Metric >= lowest {
			continue
		}
		if addr, ok := netip.AddrFromSlice(a.FirstGatewayAddress.Address.IP()); ok && addr.Unmap().Is4() {
			best, lowest = addr.Unmap(), a.Ipv4Metric
		}
	}
	return best
}
