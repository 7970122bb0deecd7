package portmap

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// defaultGateway reads the kernel's table: the best route to everywhere.
func defaultGateway() netip.Addr {
	b, err := os.ReadFile("/proc/net/route")
	if err != nil {
		return netip.Addr{}
	}
	return gatewayIn(string(b))
}

// gatewayIn reads lines of: interface, destination, gateway, flags, …, metric,
// mask, with addresses in hexadecimal and the machine's byte order.
func gatewayIn(table string) (best netip.Addr) {
	const up, gateway = 1, 2
	lowest := -1
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 8 || f[1] != "00000000" || f[7] != "00000000" {
			continue
		}
		flags, err1 := strconv.ParseUint(f[3], 16, 32)
		addr, err2 := strconv.ParseUint(f[2], 16, 32)
		metric, err3 := strconv.Atoi(f[6])
		if err1 != nil || err2 != nil || err3 != nil || flags&(up|gateway) != up|gateway || lowest >= 0 && metric >= lowest {
			continue
		}
		var a [4]byte
		binary.NativeEndian.PutUint32(a[:], uint32(addr))
		best, lowest = netip.AddrFrom4(a), metric
	}
	return best
}
