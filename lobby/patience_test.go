package lobby

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestPatienceCountsWhatCouldBeNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		p := newPatience(t.Context(), time.Second)
		// The program stands still for three seconds: its timer is late.
		p.mu.Lock()
		p.last = p.last.Add(-3 * time.Second)
		p.mu.Unlock()
		<-p.ctx.Done()
		if took := time.Since(begun); took < 900*time.Millisecond || took > 1100*time.Millisecond {
			t.Errorf("the limit of a second was reached after %v awake", took)
		}
		if spent := p.stop(); spent < time.Second || spent > 1100*time.Millisecond {
			t.Errorf("%v were spent", spent)
		}
	})
}

func TestPatienceStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPatience(t.Context(), time.Hour)
		time.Sleep(70 * time.Millisecond) // of the bubble's clock
		if spent := p.stop(); spent != 70*time.Millisecond || p.ctx.Err() == nil {
			t.Errorf("%v spent, %v", spent, p.ctx.Err())
		}
	})
}
