package letter

import (
	"encoding/binary"
	"time"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// Append writes a letter behind b. Its parts must not be longer than they may be.
func (l *Letter) Append(b []byte) []byte {
	b = append(b, Version, byte(l.Kind))
	b = binary.LittleEndian.AppendUint64(b, l.From)
	b = binary.LittleEndian.AppendUint64(b, l.To)
	b = append(b, l.Nonce[:]...)
	switch l.Kind {
	case Hello:
		b = append(b, flag(l.Ask)|flag(l.Want)<<1|flag(l.Again)<<2|flag(l.Signed)<<3)
		if l.Signed {
			b = append(append(append(b, l.Echo[:]...), l.Session[:]...), l.Sig[:]...)
		}
	case Offer, Answer, Restart, Restarted:
		b = append(b, l.Echo[:]...)
		if l.Kind == Restart {
			b = append(b, l.Challenge[:]...)
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(l.Lifetime/time.Millisecond))
		b = append(b, l.Seal[:]...)
		b = append(b, l.Fingerprint[:]...)
		b = wire.AppendBytes(b, []byte(l.Ufrag))
		b = wire.AppendBytes(b, []byte(l.SDP))
		b = append(b, l.Sig[:]...)
	case Address:
		b = wire.AppendBytes(b, []byte(l.Ufrag))
		b = wire.AppendBytes(b, []byte(l.Candidate.Text))
		b = wire.AppendBytes(b, []byte(l.Candidate.Mid))
		b = binary.LittleEndian.AppendUint16(b, l.Candidate.MLine)
		b = append(b, l.Sig[:]...)
	}
	return b
}

// Parse reads what Append wrote, and nothing else: there is one spelling of each
// letter. The error says what is wrong with the bytes. Nothing of the result points
// into b.
func Parse(b []byte) (Letter, error) {
	var l Letter
	r := wire.NewReader(b)
	if r.U8() != Version {
		r.Fail(wire.ErrRange)
	}
	l.Kind = Kind(r.U8())
	l.From, l.To = r.U64(), r.U64()
	copy(l.Nonce[:], r.Bytes(len(l.Nonce)))
	switch l.Kind {
	case Hello:
		flags := r.U8()
		if flags > 15 {
			r.Fail(wire.ErrRange)
		}
		l.Ask, l.Want, l.Again, l.Signed = flags&1 != 0, flags&2 != 0, flags&4 != 0, flags&8 != 0
		if l.Signed {
			copy(l.Echo[:], r.Bytes(len(l.Echo)))
			copy(l.Session[:], r.Bytes(len(l.Session)))
			copy(l.Sig[:], r.Bytes(len(l.Sig)))
		}
	case Offer, Answer, Restart, Restarted:
		copy(l.Echo[:], r.Bytes(len(l.Echo)))
		if l.Kind == Restart {
			copy(l.Challenge[:], r.Bytes(len(l.Challenge)))
		}
		l.Lifetime = time.Duration(r.U32()) * time.Millisecond
		copy(l.Seal[:], r.Bytes(len(l.Seal)))
		copy(l.Fingerprint[:], r.Bytes(len(l.Fingerprint)))
		l.Ufrag = text(&r, maxUfrag)
		l.SDP = text(&r, MaxSDP)
		copy(l.Sig[:], r.Bytes(len(l.Sig)))
	case Address:
		l.Ufrag = text(&r, maxUfrag)
		l.Candidate = Candidate{Text: text(&r, MaxCandidate), Mid: text(&r, MaxMid), MLine: r.U16()}
		copy(l.Sig[:], r.Bytes(len(l.Sig)))
	default:
		r.Fail(wire.ErrRange)
	}
	return l, r.Done()
}

func text(r *wire.Reader, max int) string { return string(r.Bytes(r.Int(max))) }

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}
