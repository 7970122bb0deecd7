package epoch

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// A message tells one member everything that we have to say to it now: the
// epoch, our incarnation and the ballot that we promised, then the parts that
// its first byte announces. It is repeated until it has had its effect, so it
// may be lost, doubled and overtaken. A certificate comes alone, because who
// gets it is in another epoch.
const (
	hasPrepare = 1 << iota
	hasPromise
	hasDoubt
	hasAccept
	hasVote
	hasCertificate
	hasHello // nothing but the epoch and the ballot
	hasAll   = 1<<iota - 1
)

// message is what a member received, parsed.
type message struct {
	parts       byte
	epoch       Number
	incarnation uint32
	ballot      Ballot // the highest that the sender promised

	prepare prepare
	promise promise
	signed  []byte // the part of the promise that sig covers
	sig     [64]byte
	alive   Set  // of hasDoubt: who of x is not overdue there
	forked  int8 // of hasDoubt: a seat of x known there to be forked, or -1
	accept  Record
	vote    countable
	voteSig [64]byte

	certificate Certificate
}

// header appends what each message starts with.
func (m *Machine) header(dst []byte, parts byte) []byte {
	dst = append(dst, parts)
	dst = binary.AppendUvarint(dst, uint64(m.p.epoch))
	dst = binary.AppendUvarint(dst, uint64(m.p.own))
	return m.p.ballot.append(dst)
}

// parse reads a message. Which seats a promise tells about follows from the
// ballot that it answers, which only its leader knows: x is what that ballot
// names.
func (m *Machine) parse(b []byte, msg *message) error {
	r := wire.NewReader(b)
	msg.parts = r.U8()
	msg.epoch = Number(r.Uvarint(1<<32 - 1))
	msg.incarnation = uint32(r.Uvarint(1<<32 - 1))
	msg.ballot = parseBallot(&r)
	if msg.parts&^hasAll != 0 || msg.parts&hasCertificate != 0 && msg.parts != hasCertificate {
		r.Fail(wire.ErrRange)
	}
	if msg.parts&hasPrepare != 0 {
		msg.prepare = prepare{ballot: msg.ballot, x: Set(r.U8()), fork: int8(r.U8()) - 1}
		if msg.ballot == 0 || msg.prepare.fork < -1 || int(msg.prepare.fork) >= len(m.cfg.Seats) {
			r.Fail(wire.ErrRange)
		}
	}
	if msg.parts&hasPromise != 0 {
		before := b[len(b)-r.Len():]
		m.parsePromise(&r, &msg.promise)
		msg.signed = before[:len(before)-r.Len()]
		m.parseSig(&r, &msg.sig)
	}
	if msg.parts&hasDoubt != 0 {
		msg.alive, msg.forked = Set(r.U8()), int8(r.U8())-1
		if msg.forked < -1 || int(msg.forked) >= len(m.cfg.Seats) {
			r.Fail(wire.ErrRange)
		}
	}
	if msg.parts&hasAccept != 0 {
		msg.accept = parseRecord(&r)
	}
	if msg.parts&hasVote != 0 {
		msg.vote.ballot = parseBallot(&r)
		copy(msg.vote.hash[:], r.Bytes(len(msg.vote.hash)))
		m.parseSig(&r, &msg.voteSig)
	}
	if msg.parts&hasCertificate != 0 {
		msg.certificate, _ = ParseCertificate(&r) // r keeps the error
	}
	return r.Done()
}

func (m *Machine) parseSig(r *wire.Reader, sig *[64]byte) {
	if !m.cfg.Key.IsZero() {
		copy(sig[:], r.Bytes(len(sig)))
	}
}

// appendPromise appends what a promise says, before its signature.
func (m *Machine) appendPromise(dst []byte, pr *promise) []byte {
	var joining Set
	for i, j := range pr.joins {
		if j.incarnation != 0 {
			joining = joining.With(i)
		}
	}
	dst = append(dst, byte(joining))
	for i, j := range pr.joins {
		if joining.Has(i) {
			dst = binary.AppendUvarint(dst, uint64(j.incarnation))
			dst = binary.AppendUvarint(dst, uint64(j.at))
		}
	}
	dst = pr.voted.append(dst)
	if pr.voted != 0 {
		return pr.vote.append(dst)
	}
	var seats uint8
	m.seats(m.p.x, func(s int) { seats |= 1 << s })
	dst = append(dst, seats)
	for s := range pr.ends {
		if seats>>s&1 != 0 {
			dst = pr.ends[s].append(dst)
		}
	}
	dst = append(dst, byte(pr.tags.n))
	for _, short := range pr.tags.short[:pr.tags.n] {
		dst = binary.LittleEndian.AppendUint32(dst, short)
	}
	return dst
}

func (m *Machine) parsePromise(r *wire.Reader, pr *promise) {
	joining := Set(r.U8())
	for i := range pr.joins {
		if joining.Has(i) {
			pr.joins[i].incarnation = uint32(r.Uvarint(1<<32 - 1))
			pr.joins[i].at = int32(r.Uvarint(maxFrame))
		}
	}
	pr.voted = parseBallot(r)
	if pr.voted != 0 {
		pr.vote = parseRecord(r)
		return
	}
	seats := r.U8()
	for s := range pr.ends {
		if seats>>s&1 != 0 {
			pr.ends[s] = parseEnd(r)
		}
	}
	pr.tags.n = r.Int(maxForkTags)
	for i := range pr.tags.n {
		pr.tags.short[i] = r.U32()
	}
}
