package peer_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

func key(n byte) peer.Key { return peer.KeyFromSeed([32]byte{n}) }

func TestIDTextRoundTrip(t *testing.T) {
	id := key(1).ID()
	got, err := peer.ParseID(id.String())
	if err != nil || got != id {
		t.Fatalf("ParseID(%q) = %v, %v", id, got, err)
	}
	var back peer.ID
	text, _ := id.MarshalText()
	if err := back.UnmarshalText(text); err != nil || back != id {
		t.Fatalf("UnmarshalText(%q) = %v, %v", text, back, err)
	}
	for _, bad := range []string{"", "abc", strings.ToUpper(id.String()), id.String() + "a", id.String()[:51] + "!"} {
		if _, err := peer.ParseID(bad); err == nil {
			t.Errorf("ParseID(%q) accepted", bad)
		}
	}
	// 52 characters carry 260 bits, 4 more than an ID: with the spare bits set
	// the text would be a second spelling of the same ID.
	accepted := 0
	for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
		if _, err := peer.ParseID(id.String()[:51] + string(c)); err == nil {
			accepted++
		}
	}
	if accepted != 2 {
		t.Errorf("%d of 32 last characters are accepted, want the 2 without spare bits", accepted)
	}
}

func TestKeySignsAndHidesItsSecret(t *testing.T) {
	k, err := peer.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sig := k.Sign([]byte("hello"))
	if !k.ID().Verify([]byte("hello"), sig) {
		t.Error("own signature does not verify")
	}
	sig[3] ^= 1
	if k.ID().Verify([]byte("hello"), sig) || k.ID().Verify([]byte("hello"), nil) {
		t.Error("a broken signature verifies")
	}
	seed := k.Seed()
	if peer.KeyFromSeed(seed).ID() != k.ID() {
		t.Error("seed does not give the key back")
	}
	for _, text := range []string{fmt.Sprintf("%v", k), k.String(), fmt.Sprintf("%#v", k), fmt.Sprintf("%+v", k)} {
		if strings.Contains(text, fmt.Sprintf("%x", seed[:4])) || !strings.Contains(text, k.ID().Short()) {
			t.Errorf("key prints as %q", text)
		}
	}
	if _, err := peer.NewKey(bytes.NewReader(nil)); err == nil {
		t.Error("NewKey without randomness succeeded")
	}
}

func TestMatchIDCoversEveryField(t *testing.T) {
	a, b := key(1).ID(), key(2).ID()
	base := peer.NewMatch(7, []peer.ID{a, b}, []byte("map"))
	if again := peer.NewMatch(7, []peer.ID{a, b}, []byte("map")); again.ID != base.ID {
		t.Error("equal values, different IDs")
	}
	for name, other := range map[string]peer.Match{
		"seed":     peer.NewMatch(8, []peer.ID{a, b}, []byte("map")),
		"order":    peer.NewMatch(7, []peer.ID{b, a}, []byte("map")),
		"seats":    peer.NewMatch(7, []peer.ID{a, b, {}}, []byte("map")),
		"settings": peer.NewMatch(7, []peer.ID{a, b}, []byte("map2")),
	} {
		if other.ID == base.ID {
			t.Errorf("another %s has the same ID", name)
		}
	}
}

func TestMatchPeersAndValidate(t *testing.T) {
	a, b := key(1).ID(), key(2).ID()
	m := peer.NewMatch(1, []peer.ID{b, {}, a, b}, nil)
	if got := m.Peers(); !slices.Equal(got, []peer.ID{b, a}) {
		t.Errorf("Peers = %v", got)
	}
	if got := m.SeatsOf(b); !slices.Equal(got, []int{0, 3}) {
		t.Errorf("SeatsOf = %v", got)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]peer.Match{
		"zero":          {},
		"no seats":      peer.NewMatch(1, nil, nil),
		"nine seats":    peer.NewMatch(1, make([]peer.ID, 9), nil),
		"long settings": peer.NewMatch(1, []peer.ID{a}, make([]byte, peer.MaxSettings+1)),
	} {
		if bad.Validate() == nil {
			t.Errorf("%s: Validate accepted it", name)
		}
	}
}
