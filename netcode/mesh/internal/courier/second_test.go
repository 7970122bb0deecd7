package courier

import (
	"testing"
	"time"
)

func TestPerSecondBeginsAnew(t *testing.T) {
	var p PerSecond
	for _, step := range []struct {
		at   time.Duration
		want int
	}{{0, 1}, {0, 2}, {999 * time.Millisecond, 3}, {time.Second, 1}, {1999 * time.Millisecond, 2}, {time.Hour, 1}} {
		if got := p.Count(step.at); got != step.want {
			t.Errorf("at %v: %d; want %d", step.at, got, step.want)
		}
	}
}
