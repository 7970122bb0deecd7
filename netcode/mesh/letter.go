package mesh

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// letterVersion is the first byte of every letter. A letter of another version
// is dropped; the versions of the games are compared in the room.
const letterVersion = 2

// letterKind says what a letter is about.
type letterKind uint8

const (
	helloLetter     letterKind = iota + 1 // I am here; here is a challenge, or give me one
	offerLetter                           // from the lower ID, answers a challenge
	answerLetter                          // from the higher ID, answers an offer's nonce
	candidateLetter                       // one more address of the sender
	restartLetter                         // from the lower ID: an offer of new ICE credentials for a session
	restartedLetter                       // from the higher ID, answers that
)

// The largest parts of a letter in bytes. A whole letter fits peer.MaxMessage.
const (
	maxUfrag     = 256 // RFC 8445
	maxSDP       = 8 << 10
	maxCandidate = 512
	maxMid       = 32
)

// nonce is a number that is used once.
type nonce [16]byte

// letter is one message on peer.Signal.
type letter struct {
	kind letterKind
	// from and to are the incarnations of sender and receiver: a number that
	// each Mesh draws for itself. to is 0 where the sender does not know it. A
	// letter to another incarnation is late, not wrong.
	from, to uint64

	// hello: ask wants a challenge back, want wants a new connection even if
	// the receiver thinks the present one is fine.
	// again asks for an ICE restart.
	ask, want, again bool
	// signed is a hello that has echo, session and sig: only such a one changes
	// anything about a connection that works.
	signed bool
	// session is that of the connection which a signed hello is about.
	session nonce
	// challenge is the fresh number of the other side that a restart answers.
	challenge nonce
	// nonce is fresh in hello, offer and answer; in a candidate it is that of the offer.
	nonce nonce
	// echo is the fresh number of the other side that offer and answer reply to.
	echo nonce

	// offer and answer:
	lifetime    time.Duration // whole milliseconds
	seal        [32]byte      // the sender's public half for what goes through a third member
	fingerprint [32]byte      // SHA-256 of the certificate
	sdp         string        // empty: no connection is wanted, only the seal
	// sig is of offer, answer and candidate: an address that anybody could put in
	// would be tried, and who carries the letters knows what to answer there.
	sig [64]byte
	// ufrag is of offer, answer and candidate.
	ufrag string

	// candidate:
	candidate candidate
}

// candidate is an address that a connection may be made to.
type candidate struct {
	text  string // as in SDP, without "a="
	mid   string
	mline uint16
}

// append writes a letter behind b.
func (l *letter) append(b []byte) []byte {
	b = append(b, letterVersion, byte(l.kind))
	b = binary.LittleEndian.AppendUint64(b, l.from)
	b = binary.LittleEndian.AppendUint64(b, l.to)
	b = append(b, l.nonce[:]...)
	switch l.kind {
	case helloLetter:
		b = append(b, flag(l.ask)|flag(l.want)<<1|flag(l.again)<<2|flag(l.signed)<<3)
		if l.signed {
			b = append(append(append(b, l.echo[:]...), l.session[:]...), l.sig[:]...)
		}
	case offerLetter, answerLetter, restartLetter, restartedLetter:
		b = append(b, l.echo[:]...)
		if l.kind == restartLetter {
			b = append(b, l.challenge[:]...)
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(l.lifetime/time.Millisecond))
		b = append(b, l.seal[:]...)
		b = append(b, l.fingerprint[:]...)
		b = wire.AppendBytes(b, []byte(l.ufrag))
		b = wire.AppendBytes(b, []byte(l.sdp))
		b = append(b, l.sig[:]...)
	case candidateLetter:
		b = wire.AppendBytes(b, []byte(l.ufrag))
		b = wire.AppendBytes(b, []byte(l.candidate.text))
		b = wire.AppendBytes(b, []byte(l.candidate.mid))
		b = binary.LittleEndian.AppendUint16(b, l.candidate.mline)
		b = append(b, l.sig[:]...)
	}
	return b
}

// parseLetter reads what append wrote. Nothing of the result points into b.
func parseLetter(b []byte) (letter, error) {
	var l letter
	r := wire.NewReader(b)
	if r.U8() != letterVersion {
		r.Fail(wire.ErrRange)
	}
	l.kind = letterKind(r.U8())
	l.from, l.to = r.U64(), r.U64()
	copy(l.nonce[:], r.Bytes(len(l.nonce)))
	switch l.kind {
	case helloLetter:
		flags := r.U8()
		if flags > 15 {
			r.Fail(wire.ErrRange)
		}
		l.ask, l.want, l.again, l.signed = flags&1 != 0, flags&2 != 0, flags&4 != 0, flags&8 != 0
		if l.signed {
			copy(l.echo[:], r.Bytes(len(l.echo)))
			copy(l.session[:], r.Bytes(len(l.session)))
			copy(l.sig[:], r.Bytes(len(l.sig)))
		}
	case offerLetter, answerLetter, restartLetter, restartedLetter:
		copy(l.echo[:], r.Bytes(len(l.echo)))
		if l.kind == restartLetter {
			copy(l.challenge[:], r.Bytes(len(l.challenge)))
		}
		l.lifetime = time.Duration(r.U32()) * time.Millisecond
		copy(l.seal[:], r.Bytes(len(l.seal)))
		copy(l.fingerprint[:], r.Bytes(len(l.fingerprint)))
		l.ufrag = text(&r, maxUfrag)
		l.sdp = text(&r, maxSDP)
		copy(l.sig[:], r.Bytes(len(l.sig)))
	case candidateLetter:
		l.ufrag = text(&r, maxUfrag)
		l.candidate = candidate{text: text(&r, maxCandidate), mid: text(&r, maxMid), mline: r.U16()}
		copy(l.sig[:], r.Bytes(len(l.sig)))
	default:
		r.Fail(wire.ErrRange)
	}
	return l, r.Done()
}

func text(r *wire.Reader, max int) string { return string(r.Bytes(r.Int(max))) }

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// canonical returns what the signature of a letter covers.
func (l *letter) canonical(room string, from, to peer.ID) []byte {
	purpose := "tutti mesh offer v2\x00"
	switch l.kind {
	case answerLetter:
		purpose = "tutti mesh answer v2\x00"
	case restartLetter:
		purpose = "tutti mesh restart v2\x00"
	case restartedLetter:
		purpose = "tutti mesh restarted v2\x00"
	case helloLetter:
		purpose = "tutti mesh hello v2\x00"
	case candidateLetter:
		purpose = "tutti mesh address v2\x00"
	}
	b := append(make([]byte, 0, 512+len(l.sdp)), purpose...)
	b = wire.AppendBytes(b, []byte(room))
	b = append(b, from[:]...)
	b = append(b, to[:]...)
	b = binary.LittleEndian.AppendUint64(b, l.from)
	b = binary.LittleEndian.AppendUint64(b, l.to)
	b = append(b, l.nonce[:]...)
	if l.kind == candidateLetter {
		b = wire.AppendBytes(b, []byte(l.ufrag))
		b = wire.AppendBytes(b, []byte(l.candidate.text))
		b = wire.AppendBytes(b, []byte(l.candidate.mid))
		return binary.LittleEndian.AppendUint16(b, l.candidate.mline)
	}
	b = append(b, l.echo[:]...)
	switch l.kind {
	case helloLetter:
		b = append(b, flag(l.ask)|flag(l.want)<<1|flag(l.again)<<2)
		return append(b, l.session[:]...)
	case restartLetter:
		b = append(b, l.challenge[:]...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(l.lifetime/time.Millisecond))
	b = append(b, l.seal[:]...)
	b = append(b, l.fingerprint[:]...)
	b = wire.AppendBytes(b, []byte(l.ufrag))
	return wire.AppendBytes(b, []byte(l.sdp))
}
