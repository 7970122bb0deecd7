package evidence

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Sizes in bytes.
const (
	// HeadSize is the length of a head's signature, for peers that know the
	// rest of the head already.
	HeadSize = 64
	// FullSize is the length of a head as [Head.Append] writes it.
	FullSize = headFixed + HeadSize

	// headFixed is match, seat, holder, incarnation, frame, tag.
	headFixed = 16 + 1 + peer.IDSize + 4 + 4 + len(Tag{})
	// maxFrame is the last frame that there is.
	maxFrame = 1<<31 - 1
	// headDomain keeps a head's signature from being one over anything else.
	headDomain = "tutti head v1\x00"
)

// Head is one holder's word for what it wrote into one seat's log up to some
// frame. Unless it came from [Sign], nothing in it is true before
// [Head.Verify] returned nil. Heads are comparable with ==. The zero Head is
// none.
type Head struct {
	// Match is peer.Match.ID.
	Match [16]byte
	// Seat is the seat whose log this is, 0 to peer.MaxSeats-1.
	Seat int
	// Holder is the peer that writes the log, and whose key signs.
	Holder peer.ID
	// Incarnation tells the processes of one holder apart, as in [Root].
	Incarnation uint32
	// Frame is where the log ends: the head covers all entries of frames below
	// it. At least 0.
	Frame int32
	// Tag is the chain's tag over these entries.
	Tag Tag
	// Sig is the holder's ed25519 signature over all of the above.
	Sig [HeadSize]byte
}

// Sign returns h signed by k: Holder and Sig are set, the rest stays as it is.
// It costs about 0.1 ms natively and 2.5 ms in a page. It panics on the zero
// Key, a seat outside 0 to peer.MaxSeats-1 and a negative frame, which are the
// caller's mistakes.
//
// Who signs must never sign two tags for one match, seat, incarnation and
// frame, because that is what a [Proof] proves; package evidence's
// documentation says how an honest peer could come to it.
func Sign(k peer.Key, h Head) Head {
	h.Holder = k.ID()
	if !h.possible() {
		panic("evidence: Sign of a head without a key, or with a seat or a frame that cannot be")
	}
	var buf [messageSize]byte
	h.Sig = [HeadSize]byte(k.Sign(h.message(buf[:0])))
	return h
}

// Verify returns nil if the holder signed h. It looks at nothing but h, and
// costs about 0.3 ms natively and 6 ms in a page, so limit how often a stranger
// can cause it; [Shelf] does. Errors: [ErrHead], [ErrSignature].
func (h *Head) Verify() error {
	if !h.possible() {
		return ErrHead
	}
	var buf [messageSize]byte
	if !h.Holder.Verify(h.message(buf[:0]), h.Sig[:]) {
		return ErrSignature
	}
	return nil
}

// SamePlace reports whether h and other end at the same frame of the same log:
// match, seat, holder, incarnation and frame are equal. Two such heads of an
// honest holder have the same tag.
func (h *Head) SamePlace(other *Head) bool {
	return h.sameLog(other) && h.Frame == other.Frame
}

// Append appends the head's full form, [FullSize] bytes, to dst and returns it.
// The caller makes sure that seat and frame are in range, as they are in a head
// that was signed or verified.
func (h *Head) Append(dst []byte) []byte {
	dst = h.appendPlace(dst)
	dst = append(dst, h.Tag[:]...)
	return append(dst, h.Sig[:]...)
}

// ParseHead takes a head in its full form from r. It does not verify the
// signature. Where something is wrong it returns the zero Head and r.Err says
// what: wire.ErrTruncated, wire.ErrRange.
func ParseHead(r *wire.Reader) Head {
	h := parsePlace(r)
	copy(h.Tag[:], r.Bytes(len(h.Tag)))
	copy(h.Sig[:], r.Bytes(len(h.Sig)))
	if r.Err() != nil {
		return Head{}
	}
	return h
}

// messageSize is the length of what is signed, the same for each head.
const messageSize = len(headDomain) + headFixed

// message appends what the holder signs: the domain, then fields of fixed
// length, so no two heads have the same message.
func (h *Head) message(dst []byte) []byte {
	dst = append(dst, headDomain...)
	dst = h.appendPlace(dst)
	return append(dst, h.Tag[:]...)
}

// possible reports whether there can be such a log. The zero ID must go here:
// it is a point of small order on the curve, so anybody can sign in its name.
func (h *Head) possible() bool {
	return !h.Holder.IsZero() && h.Seat >= 0 && h.Seat < peer.MaxSeats && h.Frame >= 0
}

func (h *Head) sameLog(other *Head) bool {
	return h.Match == other.Match && h.Seat == other.Seat && h.Holder == other.Holder && h.Incarnation == other.Incarnation
}

// appendPlace appends all but the tag and the signature.
func (h *Head) appendPlace(dst []byte) []byte {
	dst = append(dst, h.Match[:]...)
	dst = append(dst, byte(h.Seat))
	dst = append(dst, h.Holder[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, h.Incarnation)
	return binary.LittleEndian.AppendUint32(dst, uint32(h.Frame))
}

// parsePlace takes what appendPlace wrote.
func parsePlace(r *wire.Reader) (h Head) {
	copy(h.Match[:], r.Bytes(len(h.Match)))
	seat := r.U8()
	copy(h.Holder[:], r.Bytes(len(h.Holder)))
	h.Incarnation = r.U32()
	frame := r.U32()
	if seat >= peer.MaxSeats || frame > maxFrame {
		r.Fail(wire.ErrRange)
	}
	h.Seat, h.Frame = int(seat), int32(frame)
	return h
}
