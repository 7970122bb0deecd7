//go:build !js

package stunturn

import "encoding/binary"

// The messages of TURN that a client of ours sends or gets (RFC 8656). Those of
// TCP relaying are not among them.
const (
	allocateRequest   = 0x0003
	refreshRequest    = 0x0004
	permissionRequest = 0x0008
	channelRequest    = 0x0009
	sendIndication    = 0x0016
	dataIndication    = 0x0017
)

// Attributes that matter before the stack below reads a message.
const (
	attrPeerAddress = 0x0012
	attrData        = 0x0013
	attrEvenPort    = 0x0018
	attrReservation = 0x0022
)

const (
	stunHeader     = 20
	stunCookie     = 0x2112a442
	maxTurnRequest = 1000 // bytes; the largest of a browser has some 300
	maxAttributes  = 40
	maxPeersAtOnce = 16 // of one request
)

// turnKind says what of TURN a datagram is, by its first bytes.
type turnKind uint8

const (
	notTurn     turnKind = iota
	turnRequest          // that a stranger may send: allocate
	turnOwner            // a request that only the owner of an allocation has reason for
	turnData             // payload of an allocation's owner
	turnBad              // TURN that is broken, or that nobody needs
)

// sortTurn looks at a datagram from a stranger. What it lets pass is well-formed
// as a STUN message, small, and asks for nothing that we do not do.
func sortTurn(b []byte) turnKind {
	if len(b) < 4 {
		return notTurn
	}
	if b[0]&0xc0 == 0x40 { // channel data
		if int(binary.BigEndian.Uint16(b[2:])) > len(b)-4 {
			return turnBad
		}
		return turnData
	}
	if len(b) < stunHeader || b[0]&0xc0 != 0 || binary.BigEndian.Uint32(b[4:]) != stunCookie {
		return notTurn
	}
	kind, peers, data := turnBad, 0, false
	switch binary.BigEndian.Uint16(b) {
	case allocateRequest:
		kind = turnRequest
	case refreshRequest, permissionRequest, channelRequest:
		kind = turnOwner
	case sendIndication:
		kind = turnData
	default:
		return notTurn
	}
	if kind != turnData && len(b) > maxTurnRequest || int(binary.BigEndian.Uint16(b[2:])) != len(b)-stunHeader {
		return turnBad
	}
	n := 0
	whole := eachAttribute(b, func(kind uint16, value []byte) bool {
		n++
		switch kind {
		case attrPeerAddress:
			peers++
			if len(value) != 8 && len(value) != 20 {
				return false
			}
		case attrData:
			data = true
		case attrEvenPort, attrReservation:
			return false // they open sockets for pairs of ports, which nobody needs
		}
		return n <= maxAttributes
	})
	if !whole || peers > maxPeersAtOnce || kind == turnData && (!data || peers != 1) {
		return turnBad
	}
	return kind
}

// eachAttribute calls f for the attributes of a STUN message until it says no.
// It reports whether they fill the message and f never said no.
func eachAttribute(b []byte, f func(kind uint16, value []byte) bool) bool {
	for b = b[stunHeader:]; len(b) > 0; {
		if len(b) < 4 {
			return false
		}
		size := int(binary.BigEndian.Uint16(b[2:]))
		padded := (size + 3) &^ 3
		if padded > len(b)-4 || !f(binary.BigEndian.Uint16(b), b[4:4+size]) {
			return false
		}
		b = b[4+padded:]
	}
	return true
}

// payload returns how many bytes of a peer the stack's message carries to the
// client; false for an answer to a request.
func payload(b []byte) (int, bool) {
	switch {
	case len(b) < 4:
		return 0, false
	case b[0]&0xc0 == 0x40:
		return int(binary.BigEndian.Uint16(b[2:])), true
	case len(b) < stunHeader || binary.BigEndian.Uint16(b) != dataIndication:
		return 0, false
	}
	n := 0
	eachAttribute(b, func(kind uint16, value []byte) bool {
		if kind == attrData {
			n = len(value)
		}
		return true
	})
	return n, true
}
