//go:build !js

package mesh

import (
	"testing"
	"time"
)

// TestCloseAfterTheOther: the other end closed a moment before, so that the WebRTC
// stack tells a connection that is over about its end; Close does not wait for that.
func TestCloseAfterTheOther(t *testing.T) {
	over := 0
	for _, before := range []time.Duration{0, 5, 20, 30, 60, 120, 300} {
		for _, first := range []int{0, 1} {
			inLab(t, 2, 1, func(t *testing.T, x *field) {
				a, b := x.enter(Config{noCouriers: true}), x.enter(Config{noCouriers: true})
				if first == 1 {
					a, b = b, a
				}
				x.within(3*time.Second, "direct", x.allDirect)
				way := b.link(a.Self()).active
				closed := make(chan error, 1)
				go func() { closed <- a.Close() }()
				time.Sleep(before * time.Millisecond)
				if way.dead.Load() {
					over++
				}
				start := time.Now()
				err := b.Close()
				took := time.Since(start)
				if err != nil || took > closeWithin {
					t.Errorf("%d first, the other %v later: %v after %v", first, before*time.Millisecond, err, took)
				}
				if err := <-closed; err != nil {
					t.Errorf("%d first, the other %v later: the first: %v", first, before*time.Millisecond, err)
				}
				all := time.Now()
				<-a.done
				<-b.done
				if late := time.Since(all); late > 500*time.Millisecond {
					t.Errorf("%d first: something was there for %v more", first, late)
				}
			})
		}
	}
	if over == 0 {
		t.Error("premise: the other end's closing never came first")
	}
}
