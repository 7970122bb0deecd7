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

var secret = []byte("a secret for tests only")

// relaying returns a server on loopback, which may relay there.
func relaying(t testing.TB, cfg TurnConfig) (*Server, *Turn) {
	t.Helper()
	s, err := Listen("127.0.0.1:0", Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	cfg.Secret = secret
	relay, err := s.Relay(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, relay
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// client returns pion's client with an account, and what ends it.
func client(t testing.TB, s *Server, c Credential) (*turn.Client, func()) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: s.Addr().String(), TURNServerAddr: s.Addr().String(), Conn: conn, Username: c.User, Password: c.Password, RTO: time.Second,
		LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	end := func() { client.Close(); conn.Close() }
	t.Cleanup(end)
	return client, end
}

// allocate returns a relay for a good credential.
func allocate(t testing.TB, s *Server, user string) net.PacketConn {
	t.Helper()
	c, _ := client(t, s, Mint(secret, user, time.Now().Add(time.Hour)))
	relay, err := c.Allocate()
	if err != nil {
		t.Fatalf("%s: %v", user, err)
	}
	t.Cleanup(func() { relay.Close() })
	return relay
}

// peerSocket is somebody whom clients talk to.
func peerSocket(t testing.TB) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// eventually waits until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for late := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("not within 10 s: ", what)
		}
	}
}

func read(t testing.TB, c net.PacketConn) (string, net.Addr) {
	t.Helper()
	b := make([]byte, 2000)
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, from, err := c.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n]), from
}

// relayToRelay lets two players on loopback each allocate a relay at server, over
// network, and say a letter to the other's. It returns the two relays, and what
// the first one read from whom.
func relayToRelay(t *testing.T, server, network, from string, family turn.RequestedAddressFamily) (relays []net.PacketConn, got string, by net.Addr) {
	t.Helper()
	for _, user := range []string{"a", "b"} {
		conn, err := net.ListenPacket(network, from)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		account := Mint(secret, user, time.Now().Add(time.Hour))
		c, err := turn.NewClient(&turn.ClientConfig{
			TURNServerAddr: server, Conn: conn, Username: account.User, Password: account.Password, RTO: time.Second,
			LoggerFactory:          &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
			RequestedAddressFamily: family,
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
	got, by = read(t, relays[0])
	return relays, got, by
}
