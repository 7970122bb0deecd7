package evidence

import (
	"bytes"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Proof shows that a holder signed two histories: two heads of the same match,
// seat, holder, incarnation and frame with different tags. Nobody else can make
// one, not even all other players together, and checking it needs nothing but
// the proof: no log, no server, no trust in who brought it.
//
// It does not say which history is the right one, nor what the holder gained.
// The zero Proof proves nothing.
type Proof struct {
	A, B Head
}

// NewProof returns the proof that a and b make, verified, with the lower tag as
// A, so the same two heads make the same proof everywhere. It costs two
// verifications. Errors: those of [Proof.Verify].
func NewProof(a, b Head) (Proof, error) {
	p := Proof{a, b}.ordered()
	if err := p.Verify(); err != nil {
		return Proof{}, err
	}
	return p, nil
}

// Verify returns nil if [Proof.Guilty] signed both heads and they contradict
// each other. What costs nothing is checked first, then both signatures, 12 ms
// in a page. Errors: [ErrMixed], [ErrAgree], [ErrHead], [ErrSignature].
func (p *Proof) Verify() error {
	switch {
	case !p.A.SamePlace(&p.B):
		return ErrMixed
	case p.A.Tag == p.B.Tag:
		return ErrAgree
	}
	if err := p.A.Verify(); err != nil {
		return err
	}
	return p.B.Verify()
}

// Guilty returns whom the proof accuses. That is an accusation and no more
// until [Proof.Verify] returned nil.
func (p *Proof) Guilty() peer.ID { return p.A.Holder }

// ordered returns p with the lower tag first.
func (p Proof) ordered() Proof {
	if bytes.Compare(p.A.Tag[:], p.B.Tag[:]) > 0 {
		p.A, p.B = p.B, p.A
	}
	return p
}

// MarshalBinary writes the proof in 250 bytes: a format byte, what the heads
// have in common once, then tag and signature of each, the lower tag first. It
// checks no signature. Errors: [ErrMixed], [ErrAgree], [ErrHead].
func (p Proof) MarshalBinary() ([]byte, error) {
	switch {
	case !p.A.SamePlace(&p.B):
		return nil, ErrMixed
	case p.A.Tag == p.B.Tag:
		return nil, ErrAgree
	case !p.A.possible():
		return nil, ErrHead
	}
	p = p.ordered()
	b := p.A.appendPlace([]byte{formProof})
	for _, h := range []*Head{&p.A, &p.B} {
		b = append(b, h.Tag[:]...)
		b = append(b, h.Sig[:]...)
	}
	return b, nil
}

// UnmarshalBinary reads what [Proof.MarshalBinary] wrote, and nothing else:
// each proof has one spelling. It checks no signature; call [Proof.Verify].
// After an error p is unchanged. Errors: [ErrForm], wire.ErrTruncated,
// wire.ErrRange, wire.ErrTrailing.
func (p *Proof) UnmarshalBinary(b []byte) error {
	r := wire.NewReader(b)
	if r.U8() != formProof {
		r.Fail(ErrForm)
	}
	a := parsePlace(&r)
	other := a
	for _, h := range []*Head{&a, &other} {
		copy(h.Tag[:], r.Bytes(len(h.Tag)))
		copy(h.Sig[:], r.Bytes(len(h.Sig)))
	}
	if bytes.Compare(a.Tag[:], other.Tag[:]) >= 0 || a.Holder.IsZero() {
		r.Fail(ErrForm)
	}
	if err := r.Done(); err != nil {
		return err
	}
	*p = Proof{a, other}
	return nil
}

// MarshalText writes the proof between two marked lines, in a form that
// survives mail and chat (RFC 7468). Errors: those of [Proof.MarshalBinary].
func (p Proof) MarshalText() ([]byte, error) { return armour(p.MarshalBinary()) }

// UnmarshalText reads the first proof in a text, which may have words before
// and after it, foreign line ends and the marks of a quoted mail. It checks no
// signature; call [Proof.Verify]. After an error p is unchanged. Errors:
// [ErrForm] and those of [Proof.UnmarshalBinary].
func (p *Proof) UnmarshalText(text []byte) error {
	b, err := disarm(text)
	if err != nil {
		return err
	}
	return p.UnmarshalBinary(b)
}
