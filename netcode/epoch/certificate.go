package epoch

import (
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Certificate proves a [Record]: votes of one ballot from a quorum of the
// epoch's voters. It is read-only once made.
type Certificate struct {
	// Record is what was decided.
	Record Record
	// Ballot is the ballot in which the votes were given.
	Ballot Ballot
	// Votes are the members whose votes these are: a quorum, and no more.
	Votes Set
	// Sigs has the signature of each member of Votes; zero for others, and in a
	// match without keys.
	Sigs [MaxMembers][64]byte
}

// Append appends the wire form of c to dst and returns it, at most 980 bytes:
// 464 of the Record and 64 per vote, of which a quorum of eight has five.
func (c *Certificate) Append(dst []byte) []byte {
	dst = c.Record.append(dst)
	dst = c.Ballot.append(dst)
	var signed Set
	for m := range MaxMembers {
		if c.Votes.Has(m) && c.Sigs[m] != [64]byte{} {
			signed = signed.With(m)
		}
	}
	dst = append(dst, byte(c.Votes), byte(signed))
	for m := range MaxMembers {
		if signed.Has(m) {
			dst = append(dst, c.Sigs[m][:]...)
		}
	}
	return dst
}

// ParseCertificate reads what [Certificate.Append] wrote. It checks the form;
// whether the votes count is for [Machine.Adopt], which knows who may vote. The
// errors are those of package wire.
func ParseCertificate(r *wire.Reader) (Certificate, error) {
	c := Certificate{Record: parseRecord(r), Ballot: parseBallot(r), Votes: Set(r.U8())}
	signed := Set(r.U8())
	if signed&^c.Votes != 0 {
		r.Fail(wire.ErrRange)
	}
	for m := range MaxMembers {
		if signed.Has(m) {
			copy(c.Sigs[m][:], r.Bytes(len(c.Sigs[m])))
			if c.Sigs[m] == [64]byte{} {
				r.Fail(wire.ErrRange) // has a shorter spelling
			}
		}
	}
	if r.Err() != nil {
		return Certificate{}, r.Err()
	}
	return c, nil
}

// verify reports what is wrong with a certificate for the present epoch.
func (m *Machine) verify(c *Certificate) error {
	rec := &c.Record
	if !m.fits(rec) || c.Ballot == 0 {
		return ErrRecord
	}
	if c.Votes&^m.p.members != 0 || c.Votes&rec.Left != 0 || !m.Quorum(c.Votes, rec.Left) {
		return ErrQuorum
	}
	if m.cfg.Key.IsZero() {
		return nil
	}
	hash := rec.Hash()
	for i := range m.cfg.IDs {
		if c.Votes.Has(i) && !m.verifyVote(i, c.Ballot, &hash, &c.Sigs[i]) {
			return ErrForged
		}
	}
	return nil
}
