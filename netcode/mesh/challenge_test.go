package mesh

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
)

// TestChallenges: a number is good until it is used or too old, however many came
// after it; what used it may come late, once by the server and ever again by members.
func TestChallenges(t *testing.T) {
	var c challenges
	now := time.Second
	first := c.draw(now)
	for range 60 {
		now += 100 * time.Millisecond
		c.draw(now)
	}
	d := c.find(first)
	if d == nil || !d.valid || d.at != time.Second {
		t.Fatalf("after 60 others: %+v", d)
	}
	by, other := letter.Nonce{1}, letter.Nonce{2}
	d.use(by, true)
	d = c.find(first)
	for i, x := range []struct {
		by     letter.Nonce
		member bool
		late   bool
	}{{by, true, true}, {other, true, false}, {by, false, true}, {by, false, false}, {other, false, false}, {by, true, true}} {
		if d.valid || d.late(x.by, x.member) != x.late {
			t.Errorf("%d: by %v, by a member %v: want late %v", i, x.by, x.member, x.late)
		}
	}
	second := c.draw(now)
	d = c.find(second)
	if d.use(by, false); d.late(by, false) || !d.late(by, true) {
		t.Error("the server brought it already, a member did not")
	}
	if now += remembered; c.find(second) == nil || c.draw(now) == (letter.Nonce{}) || c.find(second) == nil || c.find(first) != nil {
		t.Error("what is remembered")
	}
	for range 2 * maxChallenges {
		c.draw(now)
	}
	if len(c) != maxChallenges || c.find(letter.Nonce{}) != nil {
		t.Errorf("%d are remembered, want %d", len(c), maxChallenges)
	}
}
