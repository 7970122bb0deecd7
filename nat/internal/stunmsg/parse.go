//go:build !js

package stunmsg

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/pion/stun/v2"
)

const (
	headerSize = 20
	// Of an address: a zero, the family, the port, and the address itself.
	addressHead = 4
	mapped4     = addressHead + 4
	mapped6     = addressHead + 16
	maxUnknown  = 8
)

// Parse reads one datagram, which must be exactly one message of at most
// [MaxSize] bytes; nothing of b is kept. It returns [ErrNotStun] or [ErrOther],
// and then the zero Message. Its work is bounded by the size of b.
func Parse(b []byte) (Message, error) {
	if !plausible(b) {
		return Message{}, ErrNotStun
	}
	var raw stun.Message
	if err := stun.Decode(b, &raw); err != nil {
		return Message{}, ErrNotStun
	}
	m := Message{ID: raw.TransactionID}
	ok := true
	switch raw.Type {
	case stun.BindingRequest:
		m.Kind = Request
		m.Wish, m.Unknown = wish(raw.Attributes)
	case stun.BindingSuccess:
		m.Kind = Success
		m.Mapped, ok = mapped(&raw)
		m.Other, m.Origin = address(&raw, stun.AttrOtherAddress), address(&raw, stun.AttrResponseOrigin)
	case stun.BindingError:
		m.Kind = Failure
		m.Code, ok = code(&raw)
	default:
		ok = false
	}
	if !ok {
		return Message{}, ErrOther
	}
	return m, nil
}

// plausible reports whether b has the outline of one STUN message. The library
// checks less: it lets bytes follow the end and any number of attributes in.
func plausible(b []byte) bool {
	if len(b) < headerSize || len(b) > MaxSize || b[0] >= 0x40 || !stun.IsMessage(b) {
		return false
	}
	size := int(binary.BigEndian.Uint16(b[2:]))
	if size%4 != 0 || size != len(b)-headerSize {
		return false
	}
	n := 0
	for rest := b[headerSize:]; len(rest) > 0; n++ {
		if len(rest) < 4 || n == maxAttributes {
			return false
		}
		next := 4 + (int(binary.BigEndian.Uint16(rest[2:]))+3)&^3
		if next > len(rest) {
			return false
		}
		rest = rest[next:]
	}
	return true
}

// mapped returns the address that a success response carries. The length of the
// attribute is checked before the library touches it: see the package comment.
func mapped(raw *stun.Message) (netip.AddrPort, bool) {
	a, ok := raw.Attributes.Get(stun.AttrXORMappedAddress)
	if !ok || len(a.Value) < addressHead {
		return netip.AddrPort{}, false
	}
	family := a.Value[1]
	if (family != 1 || len(a.Value) != mapped4) && (family != 2 || len(a.Value) != mapped6) {
		return netip.AddrPort{}, false
	}
	var x stun.XORMappedAddress
	if err := x.GetFrom(raw); err != nil {
		return netip.AddrPort{}, false
	}
	ip, _ := netip.AddrFromSlice(x.IP)
	out := usable(netip.AddrPortFrom(ip, uint16(x.Port)))
	return out, out.IsValid()
}

// code returns the error code of an error response: its hundreds in three bits
// and the rest in a byte behind two bytes of zeros.
func code(raw *stun.Message) (int, bool) {
	a, ok := raw.Attributes.Get(stun.AttrErrorCode)
	if !ok || len(a.Value) < 4 {
		return 0, false
	}
	hundreds, rest := int(a.Value[2]&7), int(a.Value[3])
	return 100*hundreds + rest, hundreds >= 3 && hundreds <= 6 && rest < 100
}

// understood are the attributes that may stand in a request to a server that
// asks nobody who he is; it ignores them.
var understood = []stun.AttrType{
	stun.AttrUsername, stun.AttrMessageIntegrity, stun.AttrMessageIntegritySHA256, stun.AttrRealm, stun.AttrNonce,
	stun.AttrUserhash, stun.AttrPasswordAlgorithm, stun.AttrPriority, stun.AttrUseCandidate,
}

func appendUnknown(list []uint16, kind stun.AttrType) []uint16 {
	if !kind.Required() || slices.Contains(understood, kind) || slices.Contains(list, uint16(kind)) || len(list) == maxUnknown {
		return list
	}
	return append(list, uint16(kind))
}
