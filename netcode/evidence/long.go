package evidence

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Limits of a [LongProof].
const (
	// MaxEntries is the largest number of entries between its two heads: 17 s
	// at 60 frames per second.
	MaxEntries = 1024
	// MaxLongSize is the largest size in bytes that MarshalBinary writes.
	MaxLongSize = 64 << 10

	// longFixed is what stands before the entries: the format, the place of the
	// low head, the frame of the high one, and for each head tag and signature,
	// and one more tag.
	longFixed = 1 + (headFixed - len(Tag{})) + 4 + 2*(len(Tag{})+HeadSize) + len(Tag{})
)

// LongProof shows that a holder signed two histories at different frames. The
// entries lead from Before to High's tag, so in the history that High signs the
// log had the tag Before at Low's frame; but Low signs another one. Like
// [Proof] it needs nothing else to be checked and nobody but the holder can
// make one; the package documentation says why, and what is not proof. Unlike
// Proof it shows the seat's moves between the two heads.
//
// The zero LongProof proves nothing.
type LongProof struct {
	// Low and High are heads of one log, Low at the earlier frame.
	Low, High Head
	// Before is the tag at Low's frame of the log that High ends.
	Before Tag
	// Entries are the bytes of this log as they went into [Tag.Next]: one for
	// each frame from Low's to the one before High's, at most [MaxEntries].
	Entries [][]byte
}

// NewLongProof returns the proof over these values, verified. It keeps entries
// and does not copy them. Errors: those of [LongProof.Verify].
func NewLongProof(low, high Head, before Tag, entries [][]byte) (LongProof, error) {
	p := LongProof{low, high, before, entries}
	if err := p.Verify(); err != nil {
		return LongProof{}, err
	}
	return p, nil
}

// Verify returns nil if [LongProof.Guilty] signed both heads and they
// contradict each other. It hashes the entries and then checks both signatures,
// 12 ms in a page. Errors: [ErrMixed] also if the heads are not in order,
// [ErrHead], [ErrForm] for too many or too few entries, [ErrAgree],
// [ErrOpening], [ErrSignature].
func (p *LongProof) Verify() error {
	if err := p.shape(); err != nil {
		return err
	}
	// An honest root is a hash over this prefix. Refusing it means that nobody
	// can pass off what went into a root as a tag and an entry.
	if strings.HasPrefix(string(p.Before[:]), rootDomain) {
		return ErrOpening
	}
	tag := p.Before
	var scratch [512]byte // enough for the entries of a match
	for i, e := range p.Entries {
		tag = tag.Next(p.Low.Frame+int32(i), e, scratch[:0])
	}
	if tag != p.High.Tag {
		return ErrOpening
	}
	if err := p.Low.Verify(); err != nil {
		return err
	}
	return p.High.Verify()
}

// Guilty returns whom the proof accuses. That is an accusation and no more
// until [LongProof.Verify] returned nil.
func (p *LongProof) Guilty() peer.ID { return p.Low.Holder }

// shape checks what needs no hash.
func (p *LongProof) shape() error {
	switch {
	case !p.Low.sameLog(&p.High) || p.Low.Frame >= p.High.Frame:
		return ErrMixed
	case !p.Low.possible():
		return ErrHead
	case len(p.Entries) > MaxEntries || len(p.Entries) != int(p.High.Frame-p.Low.Frame) || p.size() > MaxLongSize:
		return ErrForm
	case p.Before == p.Low.Tag:
		return ErrAgree
	}
	return nil
}

// size returns how many bytes MarshalBinary writes.
func (p *LongProof) size() int {
	n := longFixed
	for _, e := range p.Entries {
		n += wire.UvarintLen(uint64(len(e))) + len(e)
	}
	return n
}

// MarshalBinary writes the proof: a format byte, the log and the two heads,
// then Before and each entry with its length. It checks neither hash nor
// signature. Errors: [ErrMixed], [ErrHead], [ErrForm], [ErrAgree].
func (p LongProof) MarshalBinary() ([]byte, error) {
	if err := p.shape(); err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, p.size()), formLong)
	b = p.Low.appendPlace(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(p.High.Frame))
	for _, h := range []*Head{&p.Low, &p.High} {
		b = append(b, h.Tag[:]...)
		b = append(b, h.Sig[:]...)
	}
	b = append(b, p.Before[:]...)
	for _, e := range p.Entries {
		b = wire.AppendBytes(b, e)
	}
	return b, nil
}

// UnmarshalBinary reads what [LongProof.MarshalBinary] wrote, and nothing else:
// each proof has one spelling. The entries are copied out of b. It checks
// neither hash nor signature; call [LongProof.Verify]. After an error p is
// unchanged. Errors: [ErrForm], [ErrMixed], [ErrHead], [ErrAgree],
// wire.ErrTruncated, wire.ErrOverlong, wire.ErrRange, wire.ErrTrailing.
func (p *LongProof) UnmarshalBinary(b []byte) error {
	if len(b) > MaxLongSize {
		return ErrForm
	}
	r := wire.NewReader(bytes.Clone(b))
	if r.U8() != formLong {
		r.Fail(ErrForm)
	}
	var got LongProof
	got.Low = parsePlace(&r)
	got.High = got.Low
	end := r.U32()
	for _, h := range []*Head{&got.Low, &got.High} {
		copy(h.Tag[:], r.Bytes(len(h.Tag)))
		copy(h.Sig[:], r.Bytes(len(h.Sig)))
	}
	copy(got.Before[:], r.Bytes(len(got.Before)))
	count := int64(end) - int64(got.Low.Frame)
	if end > maxFrame || count < 1 || count > MaxEntries {
		r.Fail(ErrForm)
	}
	if r.Err() != nil {
		return r.Err()
	}
	got.High.Frame = int32(end)
	got.Entries = make([][]byte, count)
	for i := range got.Entries {
		got.Entries[i] = r.Bytes(r.Int(MaxLongSize))
	}
	if err := r.Done(); err != nil {
		return err
	}
	if err := got.shape(); err != nil {
		return err
	}
	*p = got
	return nil
}

// MarshalText writes the proof as [Proof.MarshalText] does. Errors: those of
// [LongProof.MarshalBinary].
func (p LongProof) MarshalText() ([]byte, error) { return armour(p.MarshalBinary()) }

// UnmarshalText reads the first proof in a text as [Proof.UnmarshalText] does.
// It checks neither hash nor signature; call [LongProof.Verify]. After an error
// p is unchanged. Errors: [ErrForm] and those of [LongProof.UnmarshalBinary].
func (p *LongProof) UnmarshalText(text []byte) error {
	b, err := disarm(text)
	if err != nil {
		return err
	}
	return p.UnmarshalBinary(b)
}
