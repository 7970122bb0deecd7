//go:build !js

package stunturn

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/logging"
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
	var relays []net.PacketConn
	for _, user := range []string{"a", "b"} {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		account := Mint(secret, user, time.Now().Add(time.Hour))
		c, err := turn.NewClient(&turn.ClientConfig{
			TURNServerAddr: server, Conn: conn, Username: account.User, Password: account.Password, RTO: time.Second,
			LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		if err := c.Listen(); err != nil {
			t.Fatal(err)
		}
		relay, err := c.Allocate()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { relay.Close() })
		relays = append(relays, relay)
	}
	for i, relay := range relays { // both ask for leave, the second one is heard
		if _, err := relay.WriteTo([]byte{'a' + byte(i)}, relays[1-i].LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	got, from := read(t, relays[0])
	if host := addrPort(from).Addr().String(); got != "b" || host != "203.0.113.7" || from.String() != relays[1].LocalAddr().String() {
		t.Errorf("%q from %v", got, from)
	}
}
