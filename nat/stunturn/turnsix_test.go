//go:build !js

package stunturn

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/turn/v5"
)

// IPv6 is relayed as IPv4 is, here from relay to relay.
func TestRelaysIPv6(t *testing.T) {
	if !has6() {
		t.Skip("this machine has no IPv6 loopback")
	}
	s := listen(t, "[::1]:0", Config{})
	if _, err := s.Relay(TurnConfig{Secret: secret}); err != nil {
		t.Fatal(err)
	}
	relays, got, from := relayToRelay(t, s.Addr().String(), "udp6", "[::1]:0", turn.RequestedAddressFamilyIPv6)
	if got != "b" || from.String() != relays[1].LocalAddr().String() {
		t.Errorf("%q from %v", got, from)
	}
}

// IPv4 and IPv6 have ports of their own: a relay of one family that ends takes
// none of the other family along that has the same number.
func TestPortsOfBothFamiliesAreApart(t *testing.T) {
	_, relay := relaying(t, TurnConfig{})
	for i, public := range []string{"127.0.0.1", "::1"} {
		relay.public[i], relay.local[i], relay.bind[i] = netip.MustParseAddr(public), netip.MustParseAddr(public), public
	}
	relay.cfg.Listen = func(network, address string) (net.PacketConn, error) {
		host, _, _ := net.SplitHostPort(address)
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0") // never used, whatever it is called
		return numbered{conn, netip.AddrPortFrom(netip.MustParseAddr(host), 4000)}, err
	}
	var made []net.PacketConn
	for i, network := range []string{"udp4", "udp6"} {
		owner := netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), uint16(i+1))
		relay.mu.Lock()
		u, s := relay.ledger.of("a", owner.Addr(), time.Now())
		relay.next = &grant{client: owner, user: u, source: s, until: time.Now().Add(time.Hour)}
		relay.mu.Unlock()
		conn, _, err := generator{relay}.AllocatePacketConn(turn.AllocateListenerConfig{Network: network})
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, conn)
	}
	defer func() {
		made[1].Close()
		relay.mu.Lock()
		relay.ledger.total = 0 // the stack did not make these, so it deletes none
		relay.mu.Unlock()
	}()
	made[0].Close()
	relay.mu.Lock()
	defer relay.mu.Unlock()
	four, six := netip.MustParseAddrPort("127.0.0.1:4000"), netip.MustParseAddrPort("[::1]:4000")
	if relay.byPort[portOf(four)] != nil || relay.byPort[portOf(six)] != made[1] {
		t.Errorf("after the IPv4 relay ended there are %v", relay.byPort)
	}
}

// numbered is a socket that says it has another address.
type numbered struct {
	net.PacketConn
	addr netip.AddrPort
}

func (n numbered) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(n.addr) }
