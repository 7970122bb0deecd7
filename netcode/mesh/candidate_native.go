//go:build !js

package mesh

import (
	"fmt"
	"hash/crc32"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
)

// The priorities of addresses of one kind, RFC 8445 §5.1.2.
const (
	hostPriority = 126<<24 | 65535<<8 | 255
	stunPriority = 100<<24 | 65535<<8 | 255
)

// candidateText writes an address as in SDP.
func candidateText(a netip.AddrPort, public bool) string {
	kind, priority := "host", uint32(hostPriority)
	if public {
		kind, priority = "srflx", stunPriority
	}
	if a.Addr().Is4() {
		priority -= 256 // IPv6 needs no hole
	}
	foundation := crc32.ChecksumIEEE([]byte(kind + a.Addr().String()))
	text := fmt.Sprintf("candidate:%d 1 udp %d %s %d typ %s", foundation, priority, a.Addr(), a.Port(), kind)
	if public {
		text += " raddr " + map[bool]string{true: "0.0.0.0", false: "::"}[a.Addr().Is4()] + " rport 0"
	}
	return text
}

// addressOf reads the address of a UDP candidate.
func addressOf(cand letter.Candidate) (netip.AddrPort, bool) {
	parts := strings.Fields(cand.Text)
	if len(parts) < 8 || !strings.EqualFold(parts[2], "udp") {
		return netip.AddrPort{}, false
	}
	ip, err := netip.ParseAddr(parts[4])
	port, err2 := strconv.ParseUint(parts[5], 10, 16)
	return netip.AddrPortFrom(ip, uint16(port)), err == nil && err2 == nil
}

// credentials returns a description's ICE user fragment and password.
func credentials(sdp string) (ufrag, password string) {
	for line := range strings.Lines(sdp) {
		switch key, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":"); key {
		case "a=ice-ufrag":
			ufrag = value
		case "a=ice-pwd":
			password = value
		}
	}
	return ufrag, password
}
