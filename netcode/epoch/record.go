package epoch

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// maxFrame is the largest frame.
const maxFrame = 1<<31 - 1

// Number is the number of an epoch, from 0.
type Number uint32

// End says how far a log reaches: it has every entry below Frame, and they
// chain to Tag.
type End struct {
	Frame int32
	Tag   evidence.Tag
}

// Record is a decree: how an epoch ends. All who see the end of an epoch see
// the same Record. Records are comparable with ==.
type Record struct {
	// Epoch is the epoch that ends.
	Epoch Number
	// Prev is the [Record.Hash] of the epoch before; zero for epoch 0.
	Prev [32]byte
	// Drop are the members that go: voters, or such as only play.
	Drop Set
	// Left are those of Drop that wrote a leave entry themselves.
	Left Set
	// Join are the members that become voters; none of Drop is among them.
	Join Set
	// Members are the voters of epoch Epoch+1.
	Members Set
	// Incarnation has the incarnation of each of Members; 0 for others.
	Incarnation [MaxMembers]uint32
	// Ends says for each seat of a member of Drop where its log ends: Frame is
	// the first frame without it. Zero for other seats.
	Ends [MaxSeats]End
	// Holder names for each seat of a member of Drop a member that held
	// everything up to the End when it promised; -1 for other seats.
	Holder [MaxSeats]int8
	// At is for each member of Join the frame from which its seats play; 0 for
	// others.
	At [MaxMembers]int32
}

// Hash names the Record: SHA-256 over its encoding.
func (r *Record) Hash() [32]byte {
	var room [640]byte
	return sha256.Sum256(r.append(append(room[:0], "tutti epoch record v1\x00"...)))
}

// cuts returns the seats that r ends, by bit.
func (r *Record) cuts() uint8 {
	var seats uint8
	for s, holder := range r.Holder {
		if holder >= 0 {
			seats |= 1 << s
		}
	}
	return seats
}

// append appends the encoding of r, at most 464 bytes and the same for equal
// records.
func (r *Record) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(r.Epoch))
	dst = append(dst, r.Prev[:]...)
	dst = append(dst, byte(r.Drop), byte(r.Left), byte(r.Join), byte(r.Members))
	for m := range MaxMembers {
		if r.Members.Has(m) {
			dst = binary.AppendUvarint(dst, uint64(r.Incarnation[m]))
		}
		if r.Join.Has(m) {
			dst = binary.AppendUvarint(dst, uint64(r.At[m]))
		}
	}
	cuts := r.cuts()
	dst = append(dst, cuts)
	for s := range MaxSeats {
		if cuts>>s&1 != 0 {
			dst = r.Ends[s].append(append(dst, byte(r.Holder[s])))
		}
	}
	return dst
}

func (e *End) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(e.Frame))
	return append(dst, e.Tag[:]...)
}

// parseRecord reads what [Record.append] wrote; r.Err tells.
func parseRecord(r *wire.Reader) (rec Record) {
	rec.Epoch = Number(r.U32())
	copy(rec.Prev[:], r.Bytes(len(rec.Prev)))
	rec.Drop, rec.Left, rec.Join, rec.Members = Set(r.U8()), Set(r.U8()), Set(r.U8()), Set(r.U8())
	for m := range MaxMembers {
		if rec.Members.Has(m) {
			rec.Incarnation[m] = uint32(r.Uvarint(1<<32 - 1))
		}
		if rec.Join.Has(m) {
			rec.At[m] = int32(r.Uvarint(maxFrame))
		}
	}
	cuts := r.U8()
	for s := range MaxSeats {
		rec.Holder[s] = -1
		if cuts>>s&1 != 0 {
			rec.Holder[s] = int8(r.U8())
			rec.Ends[s] = parseEnd(r)
			if rec.Holder[s] < 0 || rec.Holder[s] >= MaxMembers {
				r.Fail(wire.ErrRange)
			}
		}
	}
	return rec
}

func parseEnd(r *wire.Reader) (e End) {
	e.Frame = int32(r.Uvarint(maxFrame))
	copy(e.Tag[:], r.Bytes(len(e.Tag)))
	return e
}

// fits reports whether r can be how the present epoch of p ends: it follows the
// one before, and who comes and goes adds up.
func (m *Machine) fits(r *Record) bool {
	p := &m.p
	everybody := All(len(m.cfg.IDs))
	if r.Epoch != p.epoch || r.Prev != p.prev ||
		(r.Drop|r.Join)&^everybody != 0 || r.Left&^r.Drop != 0 ||
		r.Join&(r.Drop|p.members) != 0 || r.Members != p.members&^r.Drop|r.Join {
		return false
	}
	for i := range MaxMembers {
		switch {
		case r.Join.Has(i) && r.Incarnation[i] == 0,
			!r.Join.Has(i) && r.At[i] != 0,
			!r.Join.Has(i) && r.Members.Has(i) && r.Incarnation[i] != p.incarnation[i],
			!r.Members.Has(i) && r.Incarnation[i] != 0:
			return false
		}
	}
	for s := range MaxSeats {
		cut := s < len(m.cfg.Seats) && m.cfg.Seats[s] >= 0 && r.Drop.Has(m.cfg.Seats[s])
		if cut != (r.Holder[s] >= 0) || !cut && r.Ends[s] != (End{}) ||
			cut && (int(r.Holder[s]) >= len(m.cfg.IDs) || r.Ends[s].Frame < 0) {
			return false
		}
	}
	return true
}
