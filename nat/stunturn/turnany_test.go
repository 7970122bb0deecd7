//go:build !js

package stunturn

import (
	"net/netip"
	"testing"

	"github.com/pion/turn/v5"
)

// A server on all addresses relays from the one that it is told, and from relay
// to relay within the machine.
func TestRelaysOnAllAddresses(t *testing.T) {
	s := listen(t, ":0", Config{})
	if _, err := s.Relay(TurnConfig{Secret: secret, Public: []netip.Addr{netip.MustParseAddr("203.0.113.7")}}); err != nil {
		t.Fatal(err)
	}
	server := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), s.Addr().Port()).String()
	relays, got, from := relayToRelay(t, server, "udp4", "127.0.0.1:0", turn.RequestedAddressFamilyIPv4)
	if host := addrPort(from).Addr().String(); got != "b" || host != "203.0.113.7" || from.String() != relays[1].LocalAddr().String() {
		t.Errorf("%q from %v", got, from)
	}
}
