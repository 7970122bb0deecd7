package mesh

import "time"

const (
	// staleAfter is by how much later than the quickest ones of its time a move
	// may come; with the latency itself that keeps the channel within 250 ms.
	staleAfter = 180 * time.Millisecond
	// broke is a silence after which the first moves are looked at twice: SCTP
	// sends again what was lost in it, and that may come before what is new.
	broke = 200 * time.Millisecond
	// caughtUp is how long after such a silence.
	caughtUp = 500 * time.Millisecond
	// seenMoves is how far behind the newest a move may come, in moves, a power of
	// two: a spare that is not stale by time comes no later at 5,000 a second.
	seenMoves = 1024
	// eraTime is how long the quickest move of an era counts, twice: clocks
	// drift and routes change.
	eraTime = 4 * time.Second
)

// freshness tells moves that were sent again too late from others, by when
// their sender sent them: the low 16 bits of its milliseconds, on a clock that
// has nothing to do with ours. A late move that is the newest so far is good,
// for then the path is slow and every move is late. The zero freshness has seen
// nothing.
type freshness struct {
	begun   bool
	high    uint16        // highest number that was taken
	base    time.Duration // what offsets are relative to
	least   [2]int32      // ms: the least offset of the last era and of this one
	era     time.Duration // begin of this one
	heard   time.Duration // when the last move came
	resumed time.Duration // when a silence ended; 0 is not lately
	// seen has a bit for each of the newest numbers, high and below: it came. A
	// number's place is what is left of it divided by seenMoves.
	seen [seenMoves / 64]uint64
}

// unknown is no least offset yet.
const unknown = 1<<31 - 1

// double says whether a move came before: it had a spare.
func (f *freshness) double(number uint16) bool {
	return f.begun && f.high-number < seenMoves && f.seen[number%seenMoves/64]>>(number%64)&1 != 0
}

// note remembers that a move came, the newest or one a little behind it.
func (f *freshness) note(number uint16) {
	if ahead := number - f.high; int16(ahead) > 0 {
		for n := range min(ahead, seenMoves) { // those between may still come
			gone := number - n
			f.seen[gone%seenMoves/64] &^= 1 << (gone % 64)
		}
		f.high = number
	}
	f.seen[number%seenMoves/64] |= 1 << (number % 64)
}

// take tells whether a move is worth delivering: number and stamp are its
// sender's.
func (f *freshness) take(now time.Duration, number, stamp uint16) bool {
	if !f.begun {
		*f = freshness{begun: true, high: number - 1, base: now - time.Duration(stamp)*time.Millisecond, least: [2]int32{unknown, 0}, era: now, heard: now}
	}
	newest := int16(number-f.high) > 0
	if !newest && f.high-number >= seenMoves {
		return false // nobody knows whether it came before
	}
	if now-f.heard >= broke {
		f.resumed = max(now, 1)
	}
	f.heard = now
	// How much later it is than the least offset, within half a turn of 65 s.
	offset := int32(int16(uint16((now-f.base)/time.Millisecond) - stamp))
	least := min(f.least[0], f.least[1])
	late := time.Duration(int32(int16(offset-least))) * time.Millisecond
	if late > staleAfter && (!newest || f.resumed > 0 && now-f.resumed < caughtUp) {
		return false
	}
	if late <= staleAfter {
		f.resumed = 0
	}
	f.note(number)
	if now-f.era >= eraTime {
		f.era, f.least[0], f.least[1] = now, f.least[1], unknown
	}
	f.least[1] = min(f.least[1], least+int32(late/time.Millisecond))
	return true
}
