package letter

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Canonical returns what the signature of a letter covers, which a member wrote to
// another one in a room.
func (l *Letter) Canonical(room string, from, to peer.ID) []byte {
	purpose := "tutti mesh offer v2\x00"
	switch l.Kind {
	case Answer:
		purpose = "tutti mesh answer v2\x00"
	case Restart:
		purpose = "tutti mesh restart v2\x00"
	case Restarted:
		purpose = "tutti mesh restarted v2\x00"
	case Hello:
		purpose = "tutti mesh hello v2\x00"
	case Address:
		purpose = "tutti mesh address v2\x00"
	}
	b := append(make([]byte, 0, 512+len(l.SDP)), purpose...)
	b = wire.AppendBytes(b, []byte(room))
	b = append(b, from[:]...)
	b = append(b, to[:]...)
	b = binary.LittleEndian.AppendUint64(b, l.From)
	b = binary.LittleEndian.AppendUint64(b, l.To)
	b = append(b, l.Nonce[:]...)
	if l.Kind == Address {
		b = wire.AppendBytes(b, []byte(l.Ufrag))
		b = wire.AppendBytes(b, []byte(l.Candidate.Text))
		b = wire.AppendBytes(b, []byte(l.Candidate.Mid))
		return binary.LittleEndian.AppendUint16(b, l.Candidate.MLine)
	}
	b = append(b, l.Echo[:]...)
	switch l.Kind {
	case Hello:
		b = append(b, flag(l.Ask)|flag(l.Want)<<1|flag(l.Again)<<2)
		return append(b, l.Session[:]...)
	case Restart:
		b = append(b, l.Challenge[:]...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(l.Lifetime/time.Millisecond))
	b = append(b, l.Seal[:]...)
	b = append(b, l.Fingerprint[:]...)
	b = wire.AppendBytes(b, []byte(l.Ufrag))
	return wire.AppendBytes(b, []byte(l.SDP))
}
