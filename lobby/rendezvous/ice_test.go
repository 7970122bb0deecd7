//go:build !js

package rendezvous

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/peer"
)

var turnSecret = []byte("a secret of tests")

// TestAccounts: everyone gets his own, made with the secret, and a new one when
// half of its life is over, not before.
func TestAccounts(t *testing.T) {
	const life = time.Hour
	s, err := New(Config{
		STUNPort: 3478, STUNOther: 3480, TURNPort: 3479, TURNServers: []string{"turn.example.org:99"}, TURNSecret: turnSecret, TURNLife: life, Beat: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	web := httptest.NewServer(s)
	defer web.Close()
	room := lobby.Join(lobby.Config{Server: strings.Replace(web.URL, "http", "ws", 1), Game: "pong/1", Key: peer.KeyFromSeed([32]byte{1})})
	defer room.Close()
	wait := func(what string, ok func() bool) {
		t.Helper()
		for late := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(late) {
				t.Fatal("not within 20 s: ", what)
			}
		}
	}
	wait("welcome", func() bool { return len(room.ICEServers()) > 0 })

	check := func(now time.Time) {
		t.Helper()
		urls := room.ICEServers()
		if len(urls) != 4 || urls[0] != "stun:127.0.0.1:3478" || urls[1] != "stun:127.0.0.1:3480" {
			t.Fatalf("%q", urls)
		}
		for i, want := range []string{"turn:127.0.0.1:3479?transport=udp", "turn:turn.example.org:99?transport=udp"} {
			got, err := nat.ParseICE(urls[i+2])
			if err != nil || got.URL() != want {
				t.Errorf("%q: %+v, %v; want %s", urls[i+2], got, err, want)
			}
			seconds, name, _ := strings.Cut(got.User, ":")
			unix, _ := strconv.ParseInt(seconds, 10, 64)
			until := time.Unix(unix, 0)
			if name != room.Self().String() || until.Before(now.Add(life-10*time.Second)) || until.After(now.Add(life)) {
				t.Errorf("an account for %s until %v; it is %v", name, until, now)
			}
			if c := stunturn.Mint(turnSecret, name, until); c.User != got.User || c.Password != got.Password {
				t.Errorf("%+v was not made with the secret", got)
			}
		}
	}
	check(time.Now())
	first := room.ICEServers()
	early, late := time.Now().Add(life/2-10*time.Second), time.Now().Add(life/2+time.Second)
	s.beat(early)
	s.beat(late)
	wait("new accounts", func() bool { return !slices.Equal(room.ICEServers(), first) })
	check(late)
}

func TestHostOf(t *testing.T) {
	for host, want := range map[string]string{
		"lobby.example.org": "lobby.example.org", "lobby.example.org:8080": "lobby.example.org", "[::1]:80": "::1", "[::1]": "::1",
		"": "", "a b": "", "x@y": "", "\"": "", strings.Repeat("x", maxHost+1): "",
	} {
		if got := hostOf(&http.Request{Host: host}); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func TestTURNConfigErrors(t *testing.T) {
	for _, cfg := range []Config{
		{TURNPort: -1},
		{TURNPort: 1},
		{TURNServers: []string{"a:1"}, TURNSecret: []byte("short")},
		{TURNServers: []string{"a:b"}, TURNSecret: turnSecret},
		{STUNOther: 65536},
		{TURNLife: time.Second},
		{TURNServers: make([]string, 8), TURNSecret: turnSecret, STUNPort: 1},
	} {
		if err := cfg.Validate(); err == nil {
			t.Errorf("%+v is fine", cfg)
		}
	}
}
