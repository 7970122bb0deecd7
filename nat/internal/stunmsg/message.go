//go:build !js

package stunmsg

import (
	"crypto/rand"
	"errors"
	"net/netip"

	"github.com/pion/stun/v2"
)

// MaxSize is the largest message in bytes that [Parse] looks at: the largest
// packet that every IPv6 network must carry, and so the largest that is worth
// padding.
const MaxSize = 1232

// maxAttributes bounds the attributes of one message; a real one has ten.
const maxAttributes = 32

// Kind says what a message is.
type Kind uint8

// The kinds of messages. Everything else is [ErrNotStun] or [ErrOther].
const (
	// Request asks for the address that a packet seems to come from.
	Request Kind = iota + 1
	// Success answers a request with that address.
	Success
	// Failure answers a request with an error code.
	Failure
)

// ID ties a response to its request; whoever did not see the request cannot
// guess it.
type ID [stun.TransactionIDSize]byte

// NewID draws an ID from the system's cryptographic source.
func NewID() ID {
	var id ID
	rand.Read(id[:]) // never fails: see crypto/rand
	return id
}

// Message is what [Parse] read.
type Message struct {
	Kind Kind
	ID   ID
	// Mapped is the sender's address as the server saw it; only of a Success,
	// and there always valid, never an IPv4 address in IPv6 clothes.
	Mapped netip.AddrPort
	// Code is the error code, 300 to 699; only of a Failure.
	Code int
	// Unknown are the attributes that must be understood and are not, at most
	// 8 and each once; only of a Request. Answer it with [AppendUnknown].
	Unknown []uint16
	// Wish is what a Request asks for.
	Wish Wish
	// Other is the server's other address, and Origin the one that it says it
	// answered from; only of a Success, and the zero AddrPort if not given. An
	// Other with the unspecified address is another port of the address that was
	// asked: see [Answer].
	Other, Origin netip.AddrPort
}

var (
	// ErrNotStun: the bytes are no STUN message, or a broken one.
	ErrNotStun = errors.New("stunmsg: not a STUN message")
	// ErrOther: a STUN message, but no Binding, or one without what its kind
	// must carry.
	ErrOther = errors.New("stunmsg: not a Binding message")
)

// AppendRequest appends a Binding request to dst and returns it: 20 bytes.
func AppendRequest(dst []byte, id ID) []byte {
	return AppendAsk(dst, id, Wish{})
}

// AppendAsk appends a Binding request that asks for more.
func AppendAsk(dst []byte, id ID, w Wish) []byte {
	return finish(dst, id, stun.BindingRequest, w)
}

// AppendSuccess appends the answer to the request id that came from mapped:
// 32 bytes for IPv4, 44 for IPv6. mapped must be valid.
func AppendSuccess(dst []byte, id ID, mapped netip.AddrPort) []byte {
	return AppendAnswer(dst, id, Answer{To: mapped})
}

// AppendAnswer appends a success response to the request id.
func AppendAnswer(dst []byte, id ID, a Answer) []byte {
	return finish(dst, id, stun.BindingSuccess, a)
}

// AppendUnknown appends the answer to a request with attributes that the server
// must understand and does not: error 420 with their numbers.
func AppendUnknown(dst []byte, id ID, unknown []uint16) []byte {
	return finish(dst, id, stun.BindingError, refusal(unknown))
}

// refusal is error 420, without words to stay small.
type refusal []uint16

// AddTo implements [stun.Setter].
func (r refusal) AddTo(m *stun.Message) error {
	m.Add(stun.AttrErrorCode, []byte{0, 0, 4, 20})
	list := make([]byte, 0, 2*len(r))
	for _, a := range r {
		list = append(list, byte(a>>8), byte(a))
	}
	m.Add(stun.AttrUnknownAttributes, list)
	return nil
}

func finish(dst []byte, id ID, kind stun.MessageType, attribute stun.Setter) []byte {
	m := stun.Message{Type: kind, TransactionID: id}
	m.WriteHeader()
	// Can only fail for an IP of no family, which Addr.AsSlice does not give for
	// a valid address; the message is then one without an address.
	_ = attribute.AddTo(&m)
	return append(dst, m.Raw...)
}
