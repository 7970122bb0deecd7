//go:build !js

package mesh

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/tuned"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestPageByTURN links a program with two members in a Chromium page that may
// use no address but those that our TURN server relays from: messages come in
// order, and the lanes are set as they are elsewhere.
func TestPageByTURN(t *testing.T) {
	secret := []byte("a secret of the test")
	server, err := stunturn.Listen("127.0.0.1:0", stunturn.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	turn, err := server.Relay(stunturn.TurnConfig{Secret: secret, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	account := stunturn.Mint(secret, "page", time.Now().Add(time.Hour))
	url := nat.ICEServer{
		Scheme: nat.TURN, Host: "127.0.0.1", Port: server.Addr().Port(), User: account.User, Password: account.Password,
	}.String()

	h, keys := newHub(), keysInOrder(3)
	for _, k := range keys {
		h.members = append(h.members, k.ID())
	}
	m := openWith(t, h, keys[1], Config{Loopback: true})
	end := inPageBy(t, h, []string{url}, keys[0], keys[2])
	defer end()
	for _, i := range []int{0, 2} { // the page offers, and answers
		page := keys[i].ID()
		eventually(t, "link", func() bool { return m.State(page) == peer.Linked })
		eventually(t, "way of its own", func() bool { p := m.Path(page); return p.RTT > 0 && p.Remote == RelayAddress })
		echo, control := collect(m, peer.User), collect(m, peer.Control)
		const n = 300
		for i := range n {
			mustSend(t, m, page, peer.User, fmt.Appendf(nil, "%d", i))
		}
		eventually(t, "echoes", func() bool { return echo.len() >= n })
		for i, got := range echo.all() {
			if want := fmt.Sprintf("%s %d", page.Short(), i); got != want {
				t.Fatalf("message %d is %q, want %q", i, got, want)
			}
		}
		mustSend(t, m, page, peer.Control, []byte("channels"))
		eventually(t, "channels", func() bool { return control.len() > 0 })
		want := []string{"bulk false   arraybuffer", "control true   arraybuffer", fmt.Sprintf("moves false %d  arraybuffer", tuned.MoveRetransmits)}
		seen := map[string]bool{}
		for c := range strings.SplitSeq(strings.TrimPrefix(control.all()[0], page.Short()+" "), "; ") {
			seen[c] = true
			if !slices.Contains(want, c) {
				t.Errorf("a channel of the page is %q, want one of %q", c, want)
			}
		}
		if len(seen) != len(want) {
			t.Errorf("the page's channels are %v", seen)
		}
		t.Logf("%+v", m.Path(page))
	}
	c := turn.Stats()
	t.Logf("%+v", c)
	if c.Allocations < 2 || c.BytesUp == 0 || c.BytesDown == 0 || c.Refused > 0 || c.OverQuota > 0 {
		t.Errorf("%+v", c)
	}
}
