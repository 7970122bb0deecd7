package chat

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// keep is how many own lines to the room stay to be sent, backlog how many
	// of them somebody gets who enters.
	keep    = 64
	backlog = 20
	// window is how many lines are on their way to one receiver; he holds as
	// many that came early.
	window = 32
	// patience is how long to wait for an acknowledgement before all that waits
	// goes out again; it doubles each time up to the most.
	patience     = 2 * time.Second
	mostPatience = 16 * time.Second
	// retry is the pause after the link refused.
	retry = 250 * time.Millisecond
)

// mail is what goes to one receiver: a queue that is sent in order, and again
// from its oldest letter when acknowledgements stay away.
type mail struct {
	to     peer.ID
	queue  uint64   // drawn afresh for each queue
	base   uint64   // number of items[0], >= 1
	items  []letter // not acknowledged; len <= window
	sent   int      // of items; <= len(items)
	top    uint64   // the number after the highest ever sent; base <= top <= base+len(items)
	pulled uint64   // newest own line to the room that is in the queue or behind

	wait   time.Duration
	resend time.Time // when sent falls back to 0; meaningful if sent > 0
	rest   time.Time // nothing goes out before
	pace   bucket
}

func newMail(to peer.ID, queue, newest uint64) *mail {
	m := &mail{to: to}
	m.restart(queue, newest)
	return m
}

// restart begins a new queue: the last lines to the room, and the whispers that
// were not acknowledged.
func (m *mail) restart(queue, newest uint64) {
	kept := m.items[:0]
	for _, l := range m.items {
		if l.scope == toOne {
			kept = append(kept, l)
		}
	}
	clear(m.items[len(kept):])
	m.queue, m.base, m.top, m.items, m.sent, m.wait = queue, 1, 1, kept, 0, patience
	m.pulled = newest - min(newest, backlog)
}

// pull takes what was said to the room since; said is ascending. What is not in
// said any more is a gap that the receiver sees.
func (m *mail) pull(said []letter) {
	for _, l := range said {
		if l.seq <= m.pulled {
			continue
		}
		if len(m.items) >= window {
			return
		}
		m.items = append(m.items, l)
		m.pulled = l.seq
	}
}

// due returns the next letter to send now, nil if there is none.
func (m *mail) due(now time.Time) (*letter, uint64) {
	if m.sent > 0 && !now.Before(m.resend) {
		m.sent = 0
		m.wait = min(2*m.wait, mostPatience)
	}
	if m.sent == len(m.items) || now.Before(m.rest) || !m.pace.take(now, mailPace) {
		return nil, 0
	}
	if m.sent == 0 {
		m.resend = now.Add(m.wait)
	}
	m.sent++
	m.top = max(m.top, m.base+uint64(m.sent))
	return &m.items[m.sent-1], m.base + uint64(m.sent-1)
}

// refused takes back that a letter of a queue was sent, and those after it.
func (m *mail) refused(now time.Time, queue, number uint64) {
	if queue != m.queue || number < m.base || number >= m.base+uint64(m.sent) {
		return
	}
	m.sent = int(number - m.base)
	m.rest = now.Add(retry)
}

// acknowledged drops what the receiver has. It reports whether that is
// anything new.
func (m *mail) acknowledged(now time.Time, number uint64) bool {
	if number < m.base || number >= m.top {
		return false // late, or nonsense
	}
	n := int(number + 1 - m.base)
	rest := copy(m.items, m.items[n:])
	clear(m.items[rest:])
	m.items = m.items[:rest]
	m.base += uint64(n)
	m.sent = max(0, m.sent-n)
	m.wait = patience
	m.resend = now.Add(m.wait)
	return true
}
