package courier

import (
	"fmt"
	"testing"
	"time"
)

// TestCopies reads which of the same letters count as copies, in the order they
// come: s is one by the server, m one by a member.
func TestCopies(t *testing.T) {
	for _, tc := range []struct{ come, copies string }{
		{"s", "-"},
		{"ss", "--"}, // a replay: who reads it notices
		{"sm", "-c"},
		{"smm", "-cc"},
		{"sms", "-c-"},
		{"m", "-"},
		{"ms", "-c"}, // the server's own, later
		{"mss", "-c-"},
		{"mm", "-c"},
		{"mmm", "-cc"},
		{"mmmm", "-cc-"}, // more than there are couriers
	} {
		var c Copies
		text := []byte("a letter")
		for i, by := range tc.come {
			now := time.Duration(i) * time.Second
			if got := c.Is(now, text, by == 'm'); got != (tc.copies[i] == 'c') {
				t.Errorf("%s: number %d is a copy: %v", tc.come, i+1, got)
			}
			if c.Is(now, fmt.Append(nil, "another one", i), true) {
				t.Errorf("%s: two letters are taken for one", tc.come)
			}
		}
	}
}

func TestCopiesForget(t *testing.T) {
	var c Copies
	text := []byte("a letter")
	c.Is(0, text, true)
	if c.Forget(); c.Is(time.Second, text, true) {
		t.Error("a letter that was not read counts")
	}
	if !c.Is(time.Second+copyFor-1, text, true) {
		t.Error("forgotten too early")
	}
	if c.Is(time.Second+copyFor, text, true) {
		t.Error("remembered too long")
	}
	for i := range len(c.list) {
		c.Is(time.Minute, fmt.Append(nil, i), true)
	}
	for i := range len(c.list) {
		if !c.Is(time.Minute, fmt.Append(nil, i), true) {
			t.Errorf("number %d of %d letters is forgotten", i, len(c.list))
		}
	}
}

func TestUnopenedIsByCourier(t *testing.T) {
	var u Unopened
	now := 5 * time.Second
	for range MaxUnopened {
		if u.Over(now, id(1)) {
			t.Fatal("too early")
		}
		u.Add(now, id(1))
	}
	if !u.Over(now, id(1)) || u.Over(now, id(2)) {
		t.Error("it is not counted by courier")
	}
	if now += time.Second; u.Over(now, id(1)) {
		t.Error("a second does not forget")
	}
	if u.Add(now, id(2)); u.Couriers() != 1 {
		t.Errorf("%d couriers are counted", u.Couriers())
	}
}
