package portmap

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
)

func TestGatewayIn(t *testing.T) {
	word := func(a string) string {
		b := netip.MustParseAddr(a).As4()
		return fmt.Sprintf("%08X", binary.NativeEndian.Uint32(b[:]))
	}
	const head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
	line := func(to, by, flags string, metric int, mask string) string {
		return fmt.Sprintf("eth0\t%s\t%s\t%s\t0\t0\t%d\t%s\t0\t0\t0\n", word(to), word(by), flags, metric, word(mask))
	}
	for name, tc := range map[string]struct{ table, want string }{
		"one":         {line("0.0.0.0", "192.168.1.1", "0003", 0, "0.0.0.0") + line("192.168.1.0", "0.0.0.0", "0001", 0, "255.255.255.0"), "192.168.1.1"},
		"two":         {line("0.0.0.0", "10.0.0.1", "0003", 600, "0.0.0.0") + line("0.0.0.0", "10.0.0.2", "0003", 100, "0.0.0.0"), "10.0.0.2"},
		"none":        {line("192.168.1.0", "0.0.0.0", "0001", 0, "255.255.255.0"), "invalid IP"},
		"half (VPN)":  {line("0.0.0.0", "10.8.0.1", "0003", 0, "128.0.0.0"), "invalid IP"},
		"down":        {line("0.0.0.0", "10.0.0.1", "0002", 0, "0.0.0.0"), "invalid IP"},
		"no gateway":  {line("0.0.0.0", "0.0.0.0", "0001", 0, "0.0.0.0"), "invalid IP"},
		"broken line": {"eth0 00000000 zz 0003 0 0 0 00000000\n", "invalid IP"},
	} {
		if got := gatewayIn(head + tc.table); got.String() != tc.want {
			t.Errorf("%s: %v, want %s", name, got, tc.want)
		}
	}
}
