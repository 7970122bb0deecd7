package epoch

import "github.com/tuttiplay/tutti/netcode/wire"

// Certificate proves a [Record]: votes of one ballot from a quorum of the
// epoch's voters.
type Certificate struct {
	Record Record
	// Ballot is the ballot of the votes.
	Ballot Ballot
	// Votes are the members whose votes these are, a quorum.
	Votes Set
	// Sigs has the signature of each member of Votes; zero in a match without
	// keys.
	Sigs [MaxMembers][64]byte
}

// Append appends the wire form of c to dst and returns it.
func (c *Certificate) Append(dst []byte) []byte { return dst }

// ParseCertificate reads what [Certificate.Append] wrote. It checks the form,
// not the votes: [Machine.Adopt] does.
func ParseCertificate(r *wire.Reader) (Certificate, error) { return Certificate{}, r.Err() }
