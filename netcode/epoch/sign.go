package epoch

import "encoding/binary"

// What is signed is bound to its kind, match, epoch and ballot and to the
// process that signs, so that no signature serves twice.
const (
	promiseDomain = "tutti epoch promise v1\x00"
	voteDomain    = "tutti epoch vote v1\x00"
)

// signed appends the message that a signature covers.
func (m *Machine) signed(dst []byte, domain string, b Ballot, incarnation uint32, content []byte) []byte {
	dst = append(dst, domain...)
	dst = append(dst, m.cfg.Match[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(m.p.epoch))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(b))
	dst = binary.LittleEndian.AppendUint32(dst, incarnation)
	return append(dst, content...)
}

func (m *Machine) sign(domain string, b Ballot, content []byte) (sig [64]byte) {
	if !m.cfg.Key.IsZero() {
		copy(sig[:], m.cfg.Key.Sign(m.signed(nil, domain, b, m.p.own, content)))
	}
	return sig
}

// verifyFrom reports whether a voter of the present epoch signed this.
func (m *Machine) verifyFrom(member int, domain string, b Ballot, content []byte, sig *[64]byte) bool {
	return m.cfg.Key.IsZero() || m.cfg.IDs[member].Verify(m.signed(nil, domain, b, m.p.incarnation[member], content), sig[:])
}

func (m *Machine) signVote(b Ballot, hash *[32]byte) [64]byte {
	return m.sign(voteDomain, b, hash[:])
}

func (m *Machine) verifyVote(member int, b Ballot, hash *[32]byte, sig *[64]byte) bool {
	return m.verifyFrom(member, voteDomain, b, hash[:], sig)
}
