//go:build !js

package nat

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// exam finds out what stands between two sockets of one address family and the
// world: the tests of RFC 5780, side by side instead of one after the other. It
// is pure but for its random numbers: time is an argument, the sockets are
// somebody else's. For one goroutine.
type exam struct {
	local   [sockets]netip.AddrPort
	named   int // of queries, those that ask the servers that were named
	queries []*query
	budget  *atomic.Int32 // packets left, shared with the other family
	sent    int           // queries, for their order
	stray   int
	parse   func([]byte) (stunmsg.Message, error)

	base  *query // the answer that the rest is built on
	stage stage

	// The rest, nil where it was not asked.
	farPort, farBoth        *query // the mapper's, to the other port and to both
	control                 *query // the filter's, answered by whom it asked
	fromOther, fromPort     *query // the filter's, answered from elsewhere
	large                   *query
	hairpins                []*query
	predicted, hairpinAsked bool
}

type stage uint8

const (
	finding   stage = iota // which server answers
	examining              // with that one
	looping                // hairpin
)

// Who is asked at first, and when the others are if nobody answered until then.
const (
	atFirst   = 3
	othersDue = 300 * time.Millisecond
)

// newExam asks the targets, by sockets that are bound to local; an address that
// is not known is the zero AddrPort.
func newExam(targets []netip.AddrPort, local [sockets]netip.AddrPort, budget *atomic.Int32) *exam {
	e := &exam{local: local, budget: budget, parse: stunmsg.Parse, named: len(targets)}
	for i, to := range targets {
		due := time.Duration(0)
		if i >= atFirst {
			due = othersDue
		}
		e.add(&query{sock: mapper, to: plain(to), tries: resend[:]}, due)
	}
	return e
}

func (e *exam) add(q *query, now time.Duration) *query {
	q.id, q.due = stunmsg.NewID(), now
	e.queries = append(e.queries, q)
	return q
}

// poll returns the next packet that is due; call it until it returns false.
func (e *exam) poll(now time.Duration) (sock int, to netip.AddrPort, packet []byte, ok bool) {
	e.advance(now)
	for _, q := range e.queries {
		at, more := q.next()
		if !more || now < at {
			continue
		}
		if e.budget.Add(-1) < 0 {
			q.cut = true
			continue
		}
		if q.sent == 0 {
			e.sent++
			q.first, q.order = now, e.sent
		}
		q.sent++
		q.last = now
		return q.sock, q.to, stunmsg.AppendAsk(nil, q.id, q.wish), true
	}
	return 0, netip.AddrPort{}, nil, false
}

// wake returns when to poll again although nothing came.
func (e *exam) wake(now time.Duration) time.Duration {
	wake := Never
	p := e.patience()
	look := func(at time.Duration) {
		if at > now {
			wake = min(wake, at)
		}
	}
	for _, q := range e.queries {
		if at, more := q.next(); more {
			look(at)
		} else if !q.done() && !q.cut {
			look(q.last + p)
		}
	}
	if e.stage == finding && e.base != nil {
		look(e.base.first + e.base.rtt + gather)
	}
	return wake
}

// patience is how long to wait after the last try.
func (e *exam) patience() time.Duration {
	if e.base == nil {
		return mostPatience
	}
	return min(max(roundTrips*e.base.rtt, leastPatience), mostPatience)
}

// receive takes a datagram that came to a socket, from anybody; [isAnswer] said
// that it could be an answer. One that is larger than stunmsg.MaxSize may be cut.
func (e *exam) receive(now time.Duration, sock int, from netip.AddrPort, b []byte) {
	defer func() {
		if recover() != nil {
			e.stray++ // see SECURITY in stunmsg
		}
	}()
	from = plain(from)
	if q := e.large; q != nil && len(b) > stunmsg.MaxSize && sock == q.sock && from == q.to && stunmsg.ID(b[8:20]) == q.id {
		q.returned = true // some servers answer with more padding than that
		e.advance(now)
		return
	}
	m, err := e.parse(b)
	q := e.match(m.ID)
	switch {
	case err != nil || q == nil || q.sent == 0:
		e.stray++
	case m.Kind == stunmsg.Request:
		if q.wish == (stunmsg.Wish{}) && e.isHairpin(q) {
			q.returned = true
		} else {
			e.stray++
		}
	case sock != q.sock || from != q.to && (!q.expect.IsValid() || from != q.expect):
		e.stray++
	case !q.take(now, from, m):
		e.stray++
	}
	e.advance(now)
}

func (e *exam) match(id stunmsg.ID) *query {
	for _, q := range e.queries {
		if q.id == id {
			return q
		}
	}
	return nil
}

func (e *exam) isHairpin(q *query) bool {
	return slices.Contains(e.hairpins, q)
}

// finished reports whether waiting longer would tell nothing more.
func (e *exam) finished(now time.Duration) bool {
	p := e.patience()
	for _, q := range e.queries {
		if !q.settled(now, p) && !e.optional(q) {
			return false
		}
	}
	return e.base == nil || e.stage == looping
}

// optional reports whether the exam may end without q: a second server that is
// late, once the first has told everything.
func (e *exam) optional(q *query) bool {
	return e.stage == looping && q.sock == mapper && q.wish == (stunmsg.Wish{}) && !e.isHairpin(q) &&
		q != e.farPort && q != e.farBoth && e.mapping() != MappingUnknown && e.mapping() != MappingDependent
}

// isAnswer reports whether b could be an answer at all, to sort out floods
// before anything is copied.
func isAnswer(b []byte) bool {
	const head, cookie = 20, 0x2112a442
	return len(b) >= head && b[0]&0xfe == 0 && binary.BigEndian.Uint32(b[4:]) == cookie
}
