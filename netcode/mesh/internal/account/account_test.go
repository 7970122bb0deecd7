package account

import (
	"fmt"
	"testing"
	"time"
)

// TestTermEnds reads when it is time.
func TestTermEnds(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	users := func(hours ...int) (list []string) {
		list = append(list, "", "who", ":bo", "-1:bo", "99999999999999999999:bo")
		for _, h := range hours {
			list = append(list, fmt.Sprintf("%d:bo", start.Add(time.Duration(h)*time.Hour).Unix()))
		}
		return list
	}
	if a := Of(users(), start); a != (Term{}) || a.Due(start.Add(99*time.Hour), users(100)) {
		t.Errorf("accounts without an end: %+v", a)
	}
	for _, wrong := range []time.Duration{0, -5 * time.Hour, 5 * time.Hour} { // our clock
		a := Of(users(9, 6), start.Add(wrong))
		at := func(after time.Duration) time.Time { return start.Add(wrong + after) }
		if a.Due(at(0), users(9, 9)) {
			t.Errorf("clock %v: due at once", wrong)
		}
		if a.Due(at(5*time.Hour+45*time.Minute), users(9, 6)) {
			t.Errorf("clock %v: due without new ones", wrong)
		}
		if !a.Due(at(5*time.Hour+45*time.Minute), users(9, 9)) {
			t.Errorf("clock %v: not due in time", wrong)
		}
	}
}
