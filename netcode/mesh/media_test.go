//go:build !js

package mesh

import (
	"runtime"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestNothingReadsMedia: a link has none of pion's goroutines for media, and all the
// rest of it goes on.
func TestNothingReadsMedia(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	stacks := make([]byte, 1<<20)
	eventually(t, "no goroutine for media", func() bool {
		s := string(stacks[:runtime.Stack(stacks, true)])
		if !strings.Contains(s, "pion/sctp.(*Association).readLoop") {
			t.Fatal("premise: there is no link")
		}
		return !strings.Contains(s, "pion/srtp/") && !strings.Contains(s, "MediaProcessor")
	})
	came := make(chan string, 1)
	b.Bind(peer.User, func(_ peer.ID, m []byte) { came <- string(m) })
	if err := a.Send(b.Self(), peer.User, []byte("still there")); err != nil {
		t.Fatal(err)
	}
	if m := <-came; m != "still there" {
		t.Errorf("%q came", m)
	}
}
