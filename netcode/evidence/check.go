package evidence

import "github.com/tuttiplay/tutti/netcode/peer"

// Finding is what a verified proof says: this holder signed two histories of
// this seat in this match.
type Finding struct {
	// Guilty is the peer that signed both. Whether it was a player of that
	// match at all, only who knows the match can say.
	Guilty peer.ID
	// Match is peer.Match.ID.
	Match [16]byte
	// Seat is the seat whose log has two histories.
	Seat int
	// Incarnation is which process of the holder signed.
	Incarnation uint32
	// Frame is a frame at which the two histories have different tags: they
	// differ in some entry below it.
	Frame int32
}

// Check reads the first proof in a text, a [Proof] or a [LongProof], verifies
// it and returns what it says. The text may come from anybody: a wrong one
// costs at most two verifications. Errors: those of UnmarshalText and Verify of
// the two.
func Check(text []byte) (Finding, error) {
	b, err := disarm(text)
	if err != nil {
		return Finding{}, err
	}
	h, err := checkBinary(b)
	if err != nil {
		return Finding{}, err
	}
	return Finding{Guilty: h.Holder, Match: h.Match, Seat: h.Seat, Incarnation: h.Incarnation, Frame: h.Frame}, nil
}

// checkBinary verifies a proof of either kind and returns the head at the frame
// where the histories differ.
func checkBinary(b []byte) (Head, error) {
	if len(b) > 0 && b[0] == formLong {
		var p LongProof
		if err := p.UnmarshalBinary(b); err != nil {
			return Head{}, err
		}
		return p.Low, p.Verify()
	}
	var p Proof
	if err := p.UnmarshalBinary(b); err != nil {
		return Head{}, err
	}
	return p.A, p.Verify()
}
