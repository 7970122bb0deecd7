//go:build !js

package mesh

import (
	"sync/atomic"
	"testing"
	"time"
)

// skewed is the machine's clock, which a test can put forward.
type skewed struct {
	start time.Time
	ahead atomic.Int64
}

func newSkewed() *skewed { return &skewed{start: time.Now()} }

func (c *skewed) now() time.Duration       { return time.Since(c.start) + time.Duration(c.ahead.Load()) }
func (c *skewed) forward(by time.Duration) { c.ahead.Add(int64(by)) }

// mute makes m answer no more pings of other.
func mute(m, other *Mesh) {
	l := m.link(other.Self())
	l.mu.Lock()
	defer l.mu.Unlock()
	p := &l.active.pinger
	p.second, p.pongs = m.now()+time.Hour, pongLimit
}

func has[E Event](m *Mesh, seen *[]Event, good func(E) bool) bool {
	for e := range m.Events() {
		*seen = append(*seen, e)
	}
	for _, e := range *seen {
		if e, ok := e.(E); ok && good(e) {
			return true
		}
	}
	return false
}

func TestSilenceIsNoticedAndMended(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	clock := newSkewed()
	a := openWith(t, h, keys[0], Config{Loopback: true, clock: clock.now})
	b := open(t, h, keys[1])
	linked(t, a, b)
	first := a.link(b.Self()).active.session
	mute(b, a)
	var seen []Event
	// a's clock runs ahead in steps too small to be a sleep of its own, but much
	// faster than b speaks.
	eventually(t, "silence", func() bool {
		clock.forward(20 * time.Millisecond)
		return has(a, &seen, func(e Unlinked) bool { return e.Why == Silent })
	})
	// The silence lasts, or the old connection would be good again.
	eventually(t, "a new connection", func() bool {
		clock.forward(20 * time.Millisecond)
		l := a.link(b.Self())
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.active != nil && l.active.session != first
	})
	linked(t, a, b)
}

func TestOwnSleepBlamesNobody(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	clock := newSkewed()
	a := openWith(t, h, keys[0], Config{Loopback: true, clock: clock.now})
	b := open(t, h, keys[1])
	linked(t, a, b)
	clock.forward(time.Hour)
	eventually(t, "a tick", func() bool { return a.Path(b.Self()).Silent < time.Minute })
	var seen []Event
	if has(a, &seen, func(Unlinked) bool { return true }) {
		t.Errorf("b was blamed: %v", seen)
	}
}
