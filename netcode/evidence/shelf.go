package evidence

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// How much a [Shelf] keeps and verifies.
const (
	// ShelfHeads is how many heads it keeps per seat: 8 s of a match that
	// signs every half second.
	ShelfHeads = 16
	// VerifyBurst is how many heads of one seat it verifies in a row.
	VerifyBurst = 4
	// VerifyEvery is how long it takes until one more may be verified.
	VerifyEvery = time.Second
)

// ShelfStats counts what a [Shelf] did.
type ShelfStats struct {
	// Verified is how many signatures were checked.
	Verified uint64
	// Forged is how many of them were wrong.
	Forged uint64
	// Limited is how often a check had to wait because the limit was reached.
	Limited uint64
	// Lost is how many heads were not checked at all: another one of their
	// seat was waiting.
	Lost uint64
}

// Shelf keeps the last [ShelfHeads] heads of each seat as they arrived, and
// compares. Signatures are checked only where two heads contradict each other,
// and only so often per seat, so an honest match checks none and a liar cannot
// make a page stand still.
//
// What arrives is not verified, so whoever may Put can push others' heads out.
// Put only what came from the holder itself over its own link; or keep one
// Shelf for each member who passes heads on, and Clash each head with all.
//
// A holder may send rubbish for a signature, and then a contradiction is seen
// but not proven. That is a reason not to play on with it: ShelfStats.Forged
// counts such heads, and who wants to know earlier verifies one from At now and
// then.
//
// A Shelf is for one goroutine. Make it with [NewShelf].
type Shelf struct {
	match [16]byte
	seats [peer.MaxSeats]shelfSeat
	stats ShelfStats
}

// shelfSeat is one seat's heads.
type shelfSeat struct {
	holder      peer.ID // zero: nobody, all heads are refused
	incarnation uint32
	heads       [ShelfHeads]shelfHead
	next        int           // where the next head goes: over the oldest arrival
	doubt       shelfHead     // contradicts a kept head and waits for the limit
	tokens      int           // verifications allowed at once, ≤ VerifyBurst
	since       time.Duration // from when on the next one is earned
}

type shelfHead struct {
	Head
	kept     bool
	verified bool
}

// NewShelf returns an empty shelf for one match. Say with [Shelf.Hold] who
// holds which seat.
func NewShelf(match [16]byte) *Shelf {
	s := &Shelf{match: match}
	for i := range s.seats {
		s.seats[i].tokens = VerifyBurst
	}
	return s
}

// Hold says whose heads of a seat are taken from now on; the zero ID is
// nobody's. Where that changes, the heads of the seat are forgotten. It panics
// on a seat outside 0 to peer.MaxSeats-1.
func (s *Shelf) Hold(seat int, holder peer.ID, incarnation uint32) {
	at := &s.seats[seat]
	if at.holder == holder && at.incarnation == incarnation {
		return
	}
	// The tokens stay, or changing hands would buy verifications.
	*at = shelfSeat{holder: holder, incarnation: incarnation, tokens: at.tokens, since: at.since}
}

// Put keeps h, over the head of its seat that arrived first, and reports
// whether it did. It does not when the head is not about this match and the
// seat's holder, or when one of the same frame is kept already: call
// [Shelf.Clash] before to compare the two. It verifies and allocates nothing.
func (s *Shelf) Put(h Head) bool {
	at := s.seat(&h)
	if at == nil || at.find(h.Frame) != nil {
		return false
	}
	at.heads[at.next] = shelfHead{Head: h, kept: true}
	at.next = (at.next + 1) % ShelfHeads
	return true
}

// At returns the kept head of a seat that ends at frame, as it arrived; false
// if there is none.
func (s *Shelf) At(seat int, frame int32) (Head, bool) {
	if seat < 0 || seat >= peer.MaxSeats {
		return Head{}, false
	}
	if kept := s.seats[seat].find(frame); kept != nil {
		return kept.Head, true
	}
	return Head{}, false
}

// Clash compares h with the kept head of the same seat and frame, and returns
// the proof against their holder if both are genuine and differ. A kept head
// that turns out to be forged gives its place to h.
//
// now is the caller's own clock, which only goes forward. If the limit is
// reached the answer is no for the time being: h waits, and [Shelf.Recheck]
// says later what came of it.
func (s *Shelf) Clash(h Head, now time.Duration) (Proof, bool) {
	at := s.seat(&h)
	if at == nil {
		return Proof{}, false
	}
	if kept := at.find(h.Frame); kept == nil || kept.Tag == h.Tag {
		return Proof{}, false
	}
	doubt, waits := shelfHead{Head: h, kept: true}, at.doubt.kept && at.doubt.Head == h
	if waits {
		doubt.verified = at.doubt.verified
	}
	p, found, done := s.judge(at, &doubt, now)
	switch {
	case done && waits:
		at.doubt = shelfHead{}
	case done:
	case at.doubt.kept && !waits:
		s.stats.Limited++
		s.stats.Lost++
	default:
		s.stats.Limited++
		at.doubt = doubt
	}
	return p, found
}

// Recheck goes on with one head that had to wait, and returns the proof if it
// makes one. Call it now and then, say once per second; with nothing waiting it
// costs nothing.
func (s *Shelf) Recheck(now time.Duration) (Proof, bool) {
	for i := range s.seats {
		at := &s.seats[i]
		if !at.doubt.kept {
			continue
		}
		p, found, done := s.judge(at, &at.doubt, now)
		if done {
			at.doubt = shelfHead{}
		}
		if found {
			return p, true
		}
	}
	return Proof{}, false
}

// Stats returns the counts so far.
func (s *Shelf) Stats() ShelfStats { return s.stats }

// judge verifies what is not verified yet of h and the kept head that it
// contradicts, as far as the limit allows; done is false if it must go on later.
func (s *Shelf) judge(at *shelfSeat, h *shelfHead, now time.Duration) (p Proof, found, done bool) {
	kept := at.find(h.Frame)
	if kept == nil || kept.Tag == h.Tag {
		return Proof{}, false, true // it was pushed out or replaced meanwhile
	}
	// The new one first: who sends forgeries pays with one check each.
	if ok, allowed := s.check(at, h, now); !allowed || !ok {
		return Proof{}, false, allowed
	}
	ok, allowed := s.check(at, kept, now)
	if !allowed {
		return Proof{}, false, false
	}
	if !ok {
		*kept = *h
		return Proof{}, false, true
	}
	return Proof{h.Head, kept.Head}.ordered(), true, true
}

// check verifies one head unless that was done, and the limit permitting.
func (s *Shelf) check(at *shelfSeat, h *shelfHead, now time.Duration) (ok, allowed bool) {
	if h.verified {
		return true, true
	}
	if !at.take(now) {
		return false, false
	}
	s.stats.Verified++
	if h.Verify() != nil {
		s.stats.Forged++
		return false, true
	}
	h.verified = true
	return true, true
}

// take uses up one of the verifications that the seat has left: a token bucket.
func (at *shelfSeat) take(now time.Duration) bool {
	if at.tokens == VerifyBurst {
		at.since = now // a full bucket earns nothing
	}
	if earned := (now - at.since) / VerifyEvery; earned > 0 {
		at.tokens += int(min(earned, VerifyBurst))
		at.since += earned * VerifyEvery
	}
	at.tokens = min(at.tokens, VerifyBurst)
	if at.tokens == 0 {
		return false
	}
	at.tokens--
	return true
}

// seat returns the seat that h belongs to, nil if this shelf does not take it.
func (s *Shelf) seat(h *Head) *shelfSeat {
	if !h.possible() || h.Match != s.match {
		return nil
	}
	at := &s.seats[h.Seat]
	if at.holder != h.Holder || at.incarnation != h.Incarnation {
		return nil
	}
	return at
}

// find returns the kept head that ends at frame, nil if there is none.
func (at *shelfSeat) find(frame int32) *shelfHead {
	for i := range at.heads {
		if h := &at.heads[i]; h.kept && h.Frame == frame {
			return h
		}
	}
	return nil
}
