//go:build !js

package stunmsg

import (
	"encoding/binary"
	"net/netip"

	"github.com/pion/stun/v2"
)

// The attributes of RFC 5780, by which a client finds out what a NAT does.

const (
	flagChangeIP   = 4
	flagChangePort = 2
	// attributeHead is the kind and the length of an attribute, in bytes.
	attributeHead = 4
)

// Wish is what a request asks for beyond an answer. The zero Wish is a plain
// Binding request.
type Wish struct {
	// ChangeIP wants the answer from the server's other address, ChangePort
	// from its other port: CHANGE-REQUEST.
	ChangeIP, ChangePort bool
	// Port wants the answer sent to this port of the sender's address; 0 is the
	// port that the request came from: RESPONSE-PORT.
	Port uint16
	// Padding wants an answer that is as large as the request, and in
	// [AppendAsk] says how many bytes to put in, a multiple of 4: PADDING.
	Padding int
}

// AddTo implements [stun.Setter].
func (w Wish) AddTo(m *stun.Message) error {
	if w.ChangeIP || w.ChangePort {
		flags := byte(0)
		if w.ChangeIP {
			flags |= flagChangeIP
		}
		if w.ChangePort {
			flags |= flagChangePort
		}
		m.Add(stun.AttrChangeRequest, []byte{0, 0, 0, flags})
	}
	if w.Port != 0 {
		m.Add(stun.AttrResponsePort, []byte{byte(w.Port >> 8), byte(w.Port), 0, 0})
	}
	pad(m, w.Padding)
	return nil
}

func pad(m *stun.Message, size int) {
	if size > 0 {
		m.Add(stun.AttrPadding, make([]byte, min(size, MaxSize)&^3))
	}
}

// Answer is a success response.
type Answer struct {
	// To is the sender's address as the server sees it. It must be valid.
	To netip.AddrPort
	// Other is the server's other address, RFC 5780's OTHER-ADDRESS, and Origin
	// the one that the answer leaves by, RESPONSE-ORIGIN; the zero AddrPort
	// leaves the attribute out. An Other with the unspecified address says
	// "another port of the address that you asked": a server behind a NAT of its
	// own, as most are in a cloud, does not know that one.
	Other, Origin netip.AddrPort
	// Padding is how many bytes of PADDING to put in, rounded down to a multiple
	// of 4.
	Padding int
}

// AddTo implements [stun.Setter].
func (r Answer) AddTo(m *stun.Message) error {
	ip := r.To.Addr().Unmap().WithZone("")
	err := (&stun.XORMappedAddress{IP: ip.AsSlice(), Port: int(r.To.Port())}).AddTo(m)
	if err != nil {
		return err
	}
	addAddress(m, stun.AttrOtherAddress, r.Other)
	addAddress(m, stun.AttrResponseOrigin, r.Origin)
	pad(m, r.Padding)
	return nil
}

// AddressSize is what an address of a's family takes as an attribute, in bytes.
func AddressSize(a netip.Addr) int {
	if a.Unmap().Is4() {
		return attributeHead + mapped4
	}
	return attributeHead + mapped6
}

func addAddress(m *stun.Message, kind stun.AttrType, a netip.AddrPort) {
	if !a.IsValid() {
		return
	}
	ip := a.Addr().Unmap()
	value := []byte{0, 1, byte(a.Port() >> 8), byte(a.Port())}
	if ip.Is6() {
		value[1] = 2
	}
	m.Add(kind, append(value, ip.AsSlice()...))
}

// address reads an attribute that is an address as such; the zero AddrPort if
// there is none or it is none.
func address(raw *stun.Message, kind stun.AttrType) netip.AddrPort {
	a, ok := raw.Attributes.Get(kind)
	if !ok || len(a.Value) < addressHead {
		return netip.AddrPort{}
	}
	family := a.Value[1]
	if (family != 1 || len(a.Value) != mapped4) && (family != 2 || len(a.Value) != mapped6) {
		return netip.AddrPort{}
	}
	ip, _ := netip.AddrFromSlice(a.Value[addressHead:])
	out := netip.AddrPortFrom(ip, binary.BigEndian.Uint16(a.Value[2:]))
	if kind == stun.AttrOtherAddress && ip.IsUnspecified() && out.Port() != 0 {
		return out
	}
	return usable(out)
}

// usable returns a if something can be sent to it, else the zero AddrPort.
func usable(a netip.AddrPort) netip.AddrPort {
	ip := a.Addr().Unmap()
	if !ip.IsValid() || a.Port() == 0 || ip.IsUnspecified() || ip.IsMulticast() {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ip, a.Port())
}

// wish reads what a request asks for; unknown are the attributes that must be
// understood and are not.
func wish(attributes stun.Attributes) (w Wish, unknown []uint16) {
	for _, a := range attributes {
		switch {
		case a.Type == stun.AttrChangeRequest && len(a.Value) == 4:
			w.ChangeIP, w.ChangePort = a.Value[3]&flagChangeIP != 0, a.Value[3]&flagChangePort != 0
		case a.Type == stun.AttrResponsePort && (len(a.Value) == 2 || len(a.Value) == 4):
			w.Port = binary.BigEndian.Uint16(a.Value)
		case a.Type == stun.AttrPadding:
			w.Padding = len(a.Value)
		default:
			unknown = appendUnknown(unknown, a.Type)
		}
	}
	return w, unknown
}
