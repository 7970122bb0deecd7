package datagram

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
)

// Kind is the first byte of each datagram. STUN, DTLS, TURN and media never begin
// with it (RFC 7983).
const Kind = 0x55

const (
	// headSize is kind and name.
	headSize = 5
	// Overhead is by how much a datagram is longer than what it carries, in bytes.
	Overhead = headSize + seal.Overhead + 1
	// laneByte sets what is sealed here apart from what else the keys may seal.
	laneByte = 'd'

	// The flags. hearing: the sender hears the receiver's datagrams. asking: it
	// wants to hear one at once. laden: before the payload come riders, each behind a
	// byte with its length, and a 0.
	hearing = 1 << 0
	asking  = 1 << 1
	laden   = 1 << 2
	known   = hearing | asking | laden
)

const (
	// distrust is how long other lanes are heard and this one is not until it counts
	// as broken: more than the pause between two pings, which go here too. Soon is
	// enough where many messages came meanwhile; an error costs a round trip.
	distrust, distrustSoon, many = 1500 * time.Millisecond, 150 * time.Millisecond, 6
	// copies is how far back a number may be that came twice to be believed a copy
	// of the network's.
	copies = 64
	// answerEvery is the least pause between two answers to who asks.
	answerEvery = 20 * time.Millisecond
	// While datagrams do not get through one is sent each askSoon, askFirst times,
	// then each askLater.
	askSoon, askFirst, askLater = 50 * time.Millisecond, 20, 5 * time.Second
)

// Errors of [Lane.Open].
var (
	// ErrForged: not from the other end of this connection, changed on the way, or
	// none of this version.
	ErrForged = errors.New("datagram: forged")
	// ErrTwice: a second copy of a datagram, made on the way just now.
	ErrTwice = errors.New("datagram: came twice")
)

// Lane is one end's half. It is safe for concurrent use; opening and sealing wait
// for each other only for a moment.
type Lane struct {
	pair *seal.Pair

	mu       sync.Mutex
	next     uint64        // one above the highest number that came
	heard    time.Duration // when the last one came; 0 is never
	hears    bool          // it said that they hear us
	slow     time.Duration // since when only other lanes are heard; 0 is not
	others   int           // messages that came there since
	asked    time.Duration // when the last asking one was sent
	asks     int           // how many in a row
	answered time.Duration
	plain    []byte
}

// New returns the lane with the keys of one connection.
func New(pair *seal.Pair) *Lane { return &Lane{pair: pair} }

// Name is what the datagrams to this end begin with, after [Kind].
func (l *Lane) Name() uint32 { _, in := l.pair.Names(); return in }

// NameOf returns the name that a datagram has; false if it is none.
func NameOf(b []byte) (uint32, bool) {
	if len(b) < Overhead || b[0] != Kind {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b[1:]), true
}

// Usable says whether datagrams get through in both directions.
func (l *Lane) Usable(now time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hears && l.hearing(now)
}

// hearing says whether datagrams come, as far as anything comes. l.mu is held.
func (l *Lane) hearing(now time.Duration) bool {
	if l.slow > 0 && (now-l.slow >= distrust || l.others >= many && now-l.slow >= distrustSoon) {
		return false
	}
	return l.heard > 0
}

// AppendRider appends a message that goes along with another, for [Lane.Seal]; false
// if it is empty or longer than 255 bytes.
func AppendRider(riders, b []byte) ([]byte, bool) {
	if len(b) == 0 || len(b) > 255 {
		return riders, false
	}
	return append(append(riders, byte(len(b))), b...), true
}

// Seal appends a datagram to dst, which must not overlap b. Riders may be nil. Errors
// are those of [seal.Pair.Seal].
func (l *Lane) Seal(dst []byte, now time.Duration, riders, b []byte) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seal(dst, now, 0, riders, b)
}

func (l *Lane) seal(dst []byte, now time.Duration, flags byte, riders, b []byte) ([]byte, error) {
	if len(riders) > 0 {
		flags |= laden
	}
	if l.hearing(now) {
		flags |= hearing
	}
	out, _ := l.pair.Names()
	dst = binary.LittleEndian.AppendUint32(append(dst, Kind), out)
	l.plain = append(l.plain[:0], flags)
	if len(riders) > 0 {
		l.plain = append(append(l.plain, riders...), 0)
	}
	l.plain = append(l.plain, b...)
	return l.pair.Seal(dst, laneByte, l.plain)
}

// Ask appends a datagram without payload that asks whether it comes through, if it
// is time for one; ok is false if not.
func (l *Lane) Ask(dst []byte, now time.Duration) (b []byte, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hears && l.hearing(now) {
		l.asks = 0
		return dst, false
	}
	pause := askSoon
	if l.asks > askFirst {
		pause = askLater
	}
	if l.asks > 0 && now-l.asked < pause {
		return dst, false
	}
	l.asks++
	l.asked = now
	b, err := l.seal(dst, now, asking, nil, nil)
	return b, err == nil
}

// Packet is a datagram that came.
type Packet struct {
	Number  uint16 // its sender counts them
	Newest  bool   // none that was sent later came before it
	Answer  bool   // the other end wants to hear one: see [Lane.Answer]
	Payload []byte // within what was opened; empty if it only asked, or answered
	riders  []byte
}

// Rider returns the next message that came along; nil is that there is none more.
func (p *Packet) Rider() (b []byte) {
	if len(p.riders) == 0 {
		return nil
	}
	n := int(p.riders[0])
	b, p.riders = p.riders[1:1+n], p.riders[1+n:]
	return b
}

// unload takes the riders off the payload; false if they are no such thing.
func (p *Packet) unload() bool {
	b := p.Payload
	for len(b) > 0 && b[0] != 0 {
		if len(b) < 1+int(b[0]) {
			return false
		}
		b = b[1+int(b[0]):]
	}
	if len(b) == 0 {
		return false
	}
	p.riders, p.Payload = p.Payload[:len(p.Payload)-len(b)], b[1:]
	return true
}

// Open opens a datagram that came; b is changed. Errors: [ErrForged], [ErrTwice].
func (l *Lane) Open(now time.Duration, b []byte) (p Packet, err error) {
	if len(b) < Overhead {
		return p, ErrForged
	}
	number := seal.Number(b[headSize:])
	p.Number = uint16(number)
	plain, err := l.pair.Open(laneByte, b[headSize:])
	switch {
	case errors.Is(err, seal.ErrReplayed):
		l.mu.Lock()
		old := l.next-number > copies
		l.mu.Unlock()
		if old {
			return p, ErrForged // captured, and repeated: the network makes its copies at once
		}
		return p, ErrTwice
	case err != nil:
		return p, ErrForged
	}
	flags := plain[0] // there is one: see Overhead
	if flags&^known != 0 {
		return p, ErrForged // of a later version than ours
	}
	p.Payload = plain[1:]
	if flags&laden != 0 && !p.unload() {
		return p, ErrForged
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.Newest = number >= l.next; p.Newest {
		l.next = number + 1
	}
	l.heard, l.slow, l.hears = max(now, 1), 0, flags&hearing != 0
	if (flags&asking != 0 || !l.hears) && (l.answered == 0 || now-l.answered >= answerEvery) {
		p.Answer, l.answered = true, max(now, 1)
	}
	return p, nil
}

// Answer appends a datagram without payload, for who asked.
func (l *Lane) Answer(dst []byte, now time.Duration) ([]byte, error) {
	return l.Seal(dst, now, nil, nil)
}

// Elsewhere: something came by another lane of the connection.
func (l *Lane) Elsewhere(now time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.heard == 0 {
		return
	}
	if l.slow == 0 {
		l.slow, l.others = max(now, 1), 0
	}
	l.others++
}
