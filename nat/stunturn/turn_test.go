//go:build !js

package stunturn

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// TestRelays sends both ways, to a peer and from relay to relay, beside STUN on
// the same port.
func TestRelays(t *testing.T) {
	s, relay := relaying(t, TurnConfig{Allow: loopback})
	peer, a := peerSocket(t), allocate(t, s, "a")
	for i := range 20 { // the first ones as indications, then a channel
		out := fmt.Sprint("out ", i)
		if _, err := a.WriteTo([]byte(out), peer.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		got, from := read(t, peer)
		if got != out || from.String() != a.LocalAddr().String() {
			t.Fatalf("%q from %v; want %q from %v", got, from, out, a.LocalAddr())
		}
		back := fmt.Sprint("back ", i)
		peer.WriteTo([]byte(back), from)
		if got, from := read(t, a); got != back || from.String() != peer.LocalAddr().String() {
			t.Fatalf("%q from %v; want %q from %v", got, from, back, peer.LocalAddr())
		}
	}
	if m, _ := ask(t, dial(t, s.Addr()), stunmsg.AppendRequest(nil, stunmsg.NewID())); m.Kind != stunmsg.Success {
		t.Errorf("a Binding request gets %+v", m)
	}
	st := relay.Stats()
	// "out 0" to "out 9" are 5 bytes, the rest 6; "back" one more.
	if st.BytesUp != 10*5+10*6 || st.BytesDown != 10*6+10*7 || st.Allocations != 1 || st.Refused+st.Denied+st.OverQuota+st.Junk != 0 {
		t.Errorf("%+v", st)
	}
}

// A relay reaches another one, also where the public address is not the
// machine's, and nothing else on that address.
func TestFromRelayToRelay(t *testing.T) {
	for _, public := range []string{"127.0.0.1", "203.0.113.7"} {
		t.Run(public, func(t *testing.T) {
			s, relay := relaying(t, TurnConfig{Public: []netip.Addr{netip.MustParseAddr(public)}})
			a, b := allocate(t, s, "a"), allocate(t, s, "b")
			if host, _, _ := net.SplitHostPort(b.LocalAddr().String()); host != public {
				t.Fatalf("relayed from %v", b.LocalAddr())
			}
			// Both ask for leave, then both hear each other.
			if _, err := a.WriteTo([]byte("first"), b.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			if _, err := b.WriteTo([]byte("second"), a.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			if got, from := read(t, a); got != "second" || from.String() != b.LocalAddr().String() {
				t.Errorf("%q from %v", got, from)
			}
			trap := peerSocket(t)
			target := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(public), addrPort(trap.LocalAddr()).Port()))
			a.WriteTo([]byte("to a service of the server"), target)
			eventually(t, "denial", func() bool { return relay.Stats().Denied == 1 })
			trap.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			if n, _, err := trap.ReadFrom(make([]byte, 99)); err == nil {
				t.Errorf("%d bytes came through", n)
			}
		})
	}
}

// TestDeniesSpecialAddresses asks for leave to reach the server's neighbours.
func TestDeniesSpecialAddresses(t *testing.T) {
	s, relay := relaying(t, TurnConfig{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}})
	c, _ := client(t, s, Mint(secret, "a", time.Now().Add(time.Hour)))
	conn, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := func(ip string) error {
		return c.CreatePermission(&net.UDPAddr{IP: net.ParseIP(ip), Port: 80})
	}
	denied := int64(0)
	for _, ip := range []string{
		"127.0.0.2", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
		"224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1",
	} {
		if err := ask(ip); err == nil {
			t.Errorf("%s may be reached", ip)
		}
		if denied++; relay.Stats().Denied != denied {
			t.Errorf("%s: %+v", ip, relay.Stats())
		}
	}
	for _, ip := range []string{"8.8.8.8", "203.0.113.5", "172.32.0.1", "10.1.2.3"} {
		if err := ask(ip); err != nil {
			t.Errorf("%s: %v", ip, err)
		}
	}
	for ip, want := range map[string]bool{
		"::1": false, "::ffff:10.0.0.1": false, "::ffff:127.0.0.3": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false,
		"64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:0:a00:1::": false, "ff02::1": false, "::": false, "::a00:1": false,
		"2606:4700::1111": true, "2001:db8::1": true,
	} {
		if got := relay.mayReach(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %t", ip, got)
		}
	}
}

// TestRefusesForgedAndExpired is row 15: a thousand bad credentials of eight
// kinds, and good ones between them.
func TestRefusesForgedAndExpired(t *testing.T) {
	const tries = 1000
	s, relay := relaying(t, TurnConfig{RequestsPerSource: NoLimit, PerUser: tries})
	later := time.Now().Add(time.Hour)
	sha1Password := func(user string) string {
		mac := hmac.New(sha1.New, secret)
		mac.Write([]byte(user))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	kinds := map[string]func(i int) Credential{
		"expired":        func(i int) Credential { return Mint(secret, "bo", time.Now().Add(-time.Duration(1+i)*time.Second)) },
		"another secret": func(i int) Credential { return Mint(fmt.Appendf(nil, "secret number %d", i), "bo", later) },
		"another user": func(int) Credential {
			c := Mint(secret, "bo", later)
			return Credential{User: strings.TrimSuffix(c.User, "bo") + "al", Password: c.Password}
		},
		"expiry put off": func(i int) Credential {
			c := Mint(secret, "bo", time.Now().Add(-time.Minute))
			return Credential{User: fmt.Sprintf("%d:bo", later.Unix()+int64(i)), Password: c.Password}
		},
		"password cut": func(i int) Credential { c := Mint(secret, "bo", later); c.Password = c.Password[:i%43]; return c },
		"with SHA-1":   func(int) Credential { c := Mint(secret, "bo", later); c.Password = sha1Password(c.User); return c },
		"no expiry":    func(int) Credential { return Credential{User: "bo", Password: password(secret, "bo")} },
		"strange expiry": func(i int) Credential {
			u := fmt.Sprintf("-%d:bo", i)
			return Credential{User: u, Password: password(secret, u)}
		},
	}
	good := func() {
		c, end := client(t, s, Mint(secret, "bo", later))
		defer end()
		conn, err := c.Allocate()
		if err != nil {
			t.Fatalf("a good credential: %v", err)
		}
		conn.Close()
	}
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	refused := 0
	for i := range tries {
		if i%100 == 0 {
			good()
		}
		name := names[i%len(names)]
		c, end := client(t, s, kinds[name](i))
		if conn, err := c.Allocate(); err == nil {
			conn.Close()
			t.Errorf("%s: accepted", name)
		} else {
			refused++
		}
		end()
	}
	good()
	t.Logf("%d of %d refused, %+v", refused, tries, relay.Stats())
	// Two kinds have no password to be asked for twice.
	if st := relay.Stats(); refused != tries || st.Refused < tries || st.Created != tries/100+1 || st.Limited != 0 {
		t.Errorf("%d of %d refused; %+v", refused, tries, st)
	}
}

// TestQuota is row 15: what is relayed for a user is the quota, within 5 %, and
// another user has his own.
func TestQuota(t *testing.T) {
	const quota = 1 << 20
	s, relay := relaying(t, TurnConfig{Quota: quota, Allow: loopback})
	for _, size := range []int{64, 1100} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			user := fmt.Sprint("user ", size)
			peer, a := peerSocket(t), allocate(t, s, user)
			packet := bytes.Repeat([]byte{7}, size)
			up, down := 0, 0
			b := make([]byte, 2000)
			before := relay.Stats().OverQuota
			wait := func(c net.PacketConn, sum *int) bool { // false once something was over the quota
				for late := time.Now().Add(10 * time.Second); time.Now().Before(late); {
					c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
					n, _, err := c.ReadFrom(b)
					if *sum += n; err == nil {
						return true
					}
					if relay.Stats().OverQuota > before {
						return false
					}
				}
				t.Fatal("neither a packet nor a reason within 10 s")
				return false
			}
			for {
				a.WriteTo(packet, peer.LocalAddr()) // an error says that it has ended
				if !wait(peer, &up) {
					break
				}
				peer.WriteTo(packet, a.LocalAddr())
				if !wait(a, &down) {
					break
				}
				if up+down > 2*quota {
					t.Fatalf("%d bytes of %d, and no end", up+down, quota)
				}
			}
			t.Logf("%d bytes up and %d down of %d: %.2f %%", up, down, quota, 100*float64(up+down)/quota)
			if sum := up + down; sum > quota*105/100 || sum < quota*95/100 {
				t.Errorf("%d bytes of %d", sum, quota)
			}
			eventually(t, "end of the allocation", func() bool { return relay.Stats().Allocations == 0 })
			if size == 1100 { // less than one packet is left
				again := allocate(t, s, user)
				before = relay.Stats().OverQuota
				again.WriteTo(packet, peer.LocalAddr())
				if wait(peer, &up) {
					t.Error("the user goes on with a new allocation")
				}
			}
		})
	}
}

func TestLimitsOfAllocations(t *testing.T) {
	s, relay := relaying(t, TurnConfig{PerUser: 2, MaxAllocations: 3})
	allocate(t, s, "a")
	second := allocate(t, s, "a")
	refused := func(user string) {
		t.Helper()
		c, end := client(t, s, Mint(secret, user, time.Now().Add(time.Hour)))
		defer end()
		if _, err := c.Allocate(); err == nil {
			t.Errorf("%s has one more", user)
		}
	}
	refused("a")
	allocate(t, s, "b")
	refused("b") // the server is full
	second.Close()
	eventually(t, "one less", func() bool { return relay.Stats().Allocations == 2 })
	allocate(t, s, "a")
	if st := relay.Stats(); st.OverQuota != 2 || st.Created != 4 {
		t.Errorf("%+v", st)
	}
}

// An allocation ends with its credential, however long a client wants it.
func TestAllocationEndsWithItsCredential(t *testing.T) {
	s, relay := relaying(t, TurnConfig{})
	until := time.Now().Add(2 * time.Second)
	c, _ := client(t, s, Mint(secret, "a", until))
	conn, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if relay.Stats().Allocations != 1 {
		t.Fatalf("%+v", relay.Stats())
	}
	eventually(t, "end", func() bool { return relay.Stats().Allocations == 0 })
	if now := time.Now(); now.Before(until.Truncate(time.Second)) || now.After(until.Add(time.Second)) {
		t.Errorf("it ended %v after its credential", now.Sub(until))
	}
}

func TestPortsAndPublicAddress(t *testing.T) {
	s, _ := relaying(t, TurnConfig{MinPort: 41000, MaxPort: 41019, Public: []netip.Addr{netip.MustParseAddr("203.0.113.7")}})
	for range 5 {
		got := addrPort(allocate(t, s, "a").LocalAddr())
		if got.Addr().String() != "203.0.113.7" || got.Port() < 41000 || got.Port() > 41019 {
			t.Errorf("relayed from %v", got)
		}
	}
}

func TestTurnConfigErrors(t *testing.T) {
	s := listen(t, "127.0.0.1:0", Config{})
	four := netip.MustParseAddr("192.0.2.1")
	for _, cfg := range []TurnConfig{
		{},
		{Secret: []byte("short")},
		{Secret: secret, Public: []netip.Addr{four, four}},
		{Secret: secret, Public: []netip.Addr{{}}},
		{Secret: secret, MinPort: 2, MaxPort: 1},
		{Secret: secret, MaxPort: 1},
		{Secret: secret, Quota: -1},
		{Secret: secret, QuotaEvery: -1},
		{Secret: secret, Rate: -1},
		{Secret: secret, Rate: MinRate - 1},
		{Secret: secret, PerUser: -1},
		{Secret: secret, MaxAllocations: -1},
		{Secret: secret, RequestsPerSource: -2},
		{Secret: secret, Allow: []netip.Prefix{{}}},
	} {
		if _, err := s.Relay(cfg); err == nil || !strings.Contains(err.Error(), "TurnConfig.") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	if _, err := s.Relay(TurnConfig{Secret: secret}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Relay(TurnConfig{Secret: secret}); err == nil {
		t.Error("it relays twice")
	}
	s.Close()
	if _, err := s.Relay(TurnConfig{Secret: secret}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// One client may ask for leave for so many peers and no more.
func TestPeersOfOneAllocationAreBounded(t *testing.T) {
	s, relay := relaying(t, TurnConfig{RequestsPerSource: NoLimit})
	c, _ := client(t, s, Mint(secret, "a", time.Now().Add(time.Hour)))
	conn, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	given := 0
	for i := range 2 * maxPeers {
		if c.CreatePermission(&net.UDPAddr{IP: net.IPv4(203, 0, 113, byte(i)), Port: 80}) == nil {
			given++
		}
	}
	if given != maxPeers || relay.Stats().OverQuota != maxPeers {
		t.Errorf("%d permissions; %+v", given, relay.Stats())
	}
}
