//go:build !js

package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// accounts enters a room and returns the TURN servers that its welcome names.
func accounts(t *testing.T, url string, seed byte) []nat.ICEServer {
	t.Helper()
	room := lobby.Join(lobby.Config{Server: url, Game: "pong/1", Key: peer.KeyFromSeed([32]byte{seed})})
	defer room.Close()
	for late := time.Now().Add(20 * time.Second); room.Snapshot().Phase != lobby.Open; time.Sleep(time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("the room is %+v", room.Snapshot())
		}
	}
	var out []nat.ICEServer
	for _, u := range room.ICEServers() {
		s, err := nat.ParseICE(u)
		if err != nil {
			t.Fatal(err)
		}
		if s.Scheme == nat.TURN {
			out = append(out, s)
		}
	}
	return out
}

// allocate uses an account for real.
func allocate(t *testing.T, s nat.ICEServer) (net.PacketConn, error) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	addr, _ := s.Addr()
	c, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: addr.String(), Conn: conn, Username: s.User, Password: s.Password, RTO: time.Second,
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
	if err == nil {
		t.Cleanup(func() { relay.Close() })
	}
	return relay, err
}

// TestHandsOutAccountsThatWork: two players relay to each other with what the
// lobby gave them, on the port of STUN and on another.
func TestHandsOutAccountsThatWork(t *testing.T) {
	for _, at := range []string{"on", "127.0.0.1:0"} {
		t.Run(at, func(t *testing.T) {
			ready, stop := start(t, "-addr", "127.0.0.1:0", "-turn", at)
			t.Cleanup(func() {
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
			if same := ready["turn"] == ready["stun"]; ready["turn"] == "" || same != (at == "on") {
				t.Errorf("%v", ready)
			}
			var relays []net.PacketConn
			var users []string
			for seed := range byte(2) {
				list := accounts(t, ready["url"], seed+1)
				if len(list) != 1 || list[0].URL() != "turn:"+ready["turn"]+"?transport=udp" {
					t.Fatalf("player %d gets %+v", seed, list)
				}
				relay, err := allocate(t, list[0])
				if err != nil {
					t.Fatal(err)
				}
				relays, users = append(relays, relay), append(users, list[0].User)
				forged := list[0]
				forged.User = strings.Replace(forged.User, ":", "9:", 1) // lasts longer
				if _, err := allocate(t, forged); err == nil {
					t.Error("a changed account works")
				}
			}
			if users[0] == users[1] {
				t.Error("two players have one account")
			}
			for i, relay := range relays { // the first one has no leave yet to come through
				if _, err := relay.WriteTo([]byte{'a' + byte(i)}, relays[1-i].LocalAddr()); err != nil {
					t.Fatal(err)
				}
			}
			b := make([]byte, 9)
			relays[0].SetReadDeadline(time.Now().Add(10 * time.Second))
			if n, from, err := relays[0].ReadFrom(b); err != nil || string(b[:n]) != "b" || from.String() != relays[1].LocalAddr().String() {
				t.Errorf("%q from %v, %v", b[:n], from, err)
			}
		})
	}
}

// TestOneRelaysForAnother: a second lobby sends players to the TURN server of
// the first, which only shares a secret with it.
func TestOneRelaysForAnother(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("shared by two servers\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, stop1 := start(t, "-addr", "127.0.0.1:0", "-turn", "on", "-turn-secret", file)
	defer stop1()
	second, stop2 := start(t, "-addr", "127.0.0.1:0", "-turn-servers", first["turn"], "-turn-secret", file)
	defer stop2()
	if second["turn"] != "" {
		t.Errorf("the second says %v", second)
	}
	list := accounts(t, second["url"], 1)
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	if _, err := allocate(t, list[0]); err != nil {
		t.Error(err)
	}
}

func TestTURNOptions(t *testing.T) {
	for _, args := range [][]string{
		{"-turn", "nowhere"},
		{"-turn", "on", "-stun", "off"},
		{"-turn", "on", "-turn-ports", "5-2"},
		{"-turn", "on", "-turn-ports", "x"},
		{"-turn", "on", "-turn-public", "here"},
		{"-turn", "on", "-turn-allow", "10.0.0.1"},
		{"-turn", "on", "-turn-quota", "0"},
		{"-turn", "on", "-turn-rate", "1"},
		{"-turn", "on", "-turn-rate", "-1"},
		{"-turn-servers", "a:b"},
	} {
		var out bytes.Buffer
		if _, err := parseOptions(args, &out); err == nil || out.Len() == 0 {
			t.Errorf("%q: %v, said %q", args, err, out.String())
		}
	}
	o, err := parseOptions([]string{
		"-turn", "on", "-turn-ports", "49152-50151", "-turn-public", "203.0.113.1, 2001:db8::1", "-turn-allow", "10.0.0.0/8", "-turn-quota", "3", "-turn-rate", "50",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := o.turn.config(nil)
	if err != nil || cfg.MinPort != 49152 || cfg.MaxPort != 50151 || len(cfg.Public) != 2 || len(cfg.Allow) != 1 || cfg.Quota != 3<<20 || cfg.Rate != 50<<10 {
		t.Errorf("%+v, %v", cfg, err)
	}
	t.Setenv(secretVariable, "short")
	if _, err := o.turn.secret(); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short secret: %v", err)
	}
	t.Setenv(secretVariable, "")
	o.turn.servers = "a:1"
	if _, err := o.turn.secret(); err == nil {
		t.Error("servers elsewhere without a secret")
	}
	for _, args := range [][]string{{"-turn", "127.0.0.1:99999"}, {"-turn", "on", "-turn-secret", "nowhere/at/all"}} {
		o, err := parseOptions(append(args, "-addr", "127.0.0.1:0"), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err := serve(t.Context(), o, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "-turn") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
