//go:build !js

package stunturn

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/turn/v5"
)

// FuzzTurn gives the stack what take lets pass: from a stranger, from somebody
// with an allocation, and with a good credential. It must survive it, and so
// must we. A panic in its goroutine ends the process.
func FuzzTurn(f *testing.F) {
	f.Add([]byte("\x40\x00\x00\x03abc"))
	f.Add(stunMessage(allocateRequest, "\x00\x19\x00\x04\x11\x00\x00\x00"))
	f.Add(stunMessage(refreshRequest, "\x00\x0d\x00\x04\x00\x00\x0e\x00"))
	f.Add(stunMessage(permissionRequest, "\x00\x12\x00\x00"))
	f.Add(stunMessage(channelRequest, "\x00\x0c\x00\x04\x40\x00\x00\x00\x00\x12\x00\x08\x00\x01\x00\x00\x00\x00\x00\x00"))
	f.Add(stunMessage(sendIndication, "\x00\x12\x00\x08\x00\x01\x00\x00\x00\x00\x00\x00\x00\x13\x00\x00"))
	s, relay := relaying(f, TurnConfig{RequestsPerSource: NoLimit})
	account := Mint(secret, "a", time.Now().Add(time.Hour))
	c, _ := client(f, s, account)
	conn, err := c.Allocate()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { conn.Close() })
	relay.mu.Lock()
	var owner netip.AddrPort
	for owner = range relay.byOwner {
	}
	relay.mu.Unlock()
	stranger := netip.MustParseAddrPort("127.0.0.9:9")
	login := loginOf(f, s, account)
	f.Fuzz(func(t *testing.T, b []byte) {
		b = b[:min(len(b), maxDatagram)]
		for _, from := range []netip.AddrPort{owner, stranger} {
			if took := relay.take(b, from); took != (sortTurn(b) != notTurn) {
				t.Errorf("%x: %t", b, took)
			}
		}
		payload(b)
		if len(b) > stunHeader {
			for _, kind := range []uint16{refreshRequest, permissionRequest, channelRequest} {
				relay.take(login(kind, string(b[stunHeader:])), owner)
			}
		}
	})
}

// stunMessage builds one with these attributes.
func stunMessage(kind uint16, attributes string) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(attributes)))
	return append(b, "\x21\x12\xa4\x42"+"0123456789ab"+attributes...)
}

func stunAttribute(kind uint16, value string) string {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return string(append(b, value+strings.Repeat("\x00", -len(value)&3)...))
}

// loginOf returns what signs requests with an account, as clients do.
func loginOf(t testing.TB, s *Server, c Credential) func(kind uint16, attributes string) []byte {
	t.Helper()
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(s.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write(stunMessage(allocateRequest, stunAttribute(0x0019, "\x11\x00\x00\x00")))
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 1000)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	nonce := ""
	eachAttribute(b[:n], func(kind uint16, value []byte) bool {
		if kind == 0x0015 {
			nonce = string(value)
		}
		return true
	})
	account := stunAttribute(0x0006, c.User) + stunAttribute(0x0014, realm) + stunAttribute(0x0015, nonce)
	key := turn.GenerateAuthKey(c.User, realm, c.Password)
	return func(kind uint16, attributes string) []byte {
		m := stunMessage(kind, attributes+account)
		binary.BigEndian.PutUint16(m[2:], uint16(len(m)-stunHeader+24))
		mac := hmac.New(sha1.New, key)
		mac.Write(m)
		return append(m, stunAttribute(0x0008, string(mac.Sum(nil)))...)
	}
}

// The login of the fuzz test is one: it reaches what strangers do not.
func TestLoginOfTheFuzzTest(t *testing.T) {
	s, relay := relaying(t, TurnConfig{})
	login := loginOf(t, s, Mint(secret, "a", time.Now().Add(time.Hour)))
	conn := dial(t, s.Addr())
	conn.Write(login(allocateRequest, stunAttribute(0x0019, "\x11\x00\x00\x00")))
	eventually(t, "allocation", func() bool { return relay.Stats().Allocations == 1 })
	conn.Write(login(permissionRequest, stunAttribute(attrPeerAddress, "\x00\x01\x00\x00\x5e\x12\xa4\x40"))) // 127.0.0.2
	eventually(t, "denial", func() bool { return relay.Stats().Denied == 1 })
	if relay.Stats().Refused != 0 {
		t.Errorf("%+v", relay.Stats())
	}
}
