package knock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/netip"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

const (
	// TicketSize is the length of a [Ticket] in bytes.
	TicketSize = 8 + macSize
	// MaxAddresses is how many addresses an invitation names at most.
	MaxAddresses = 8
	// MaxRoom is the longest name of a room in bytes.
	MaxRoom = 256

	macSize = 16
	version = 2
	short   = 16 // of a room whose name is that many bytes in hex
)

// ErrInvite is returned for a text that is no invitation of this version.
var ErrInvite = errors.New("knock: this is no invitation")

// Ticket lets somebody knock until it expires.
type Ticket [TicketSize]byte

// NewTicket makes a ticket that is good until a time on the member's own clock.
// key is the member's secret, drawn anew by each process.
func NewTicket(key [32]byte, room string, until time.Duration) (t Ticket) {
	binary.LittleEndian.PutUint64(t[:], uint64(until))
	copy(t[8:], mac(key, room, t[:8]))
	return t
}

// Good says whether a ticket was made with key for the room and has not expired.
func (t Ticket) Good(key [32]byte, room string, now time.Duration) bool {
	return now < t.until() && t.Genuine(key, room)
}

// Genuine says whether a ticket was made with key for the room; it may have
// expired.
func (t Ticket) Genuine(key [32]byte, room string) bool {
	return hmac.Equal(t[8:], mac(key, room, t[:8]))
}

func (t Ticket) until() time.Duration { return time.Duration(binary.LittleEndian.Uint64(t[:])) }

func mac(key [32]byte, room string, until []byte) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("tutti mesh ticket v1"))
	h.Write(until)
	h.Write([]byte(room))
	return h.Sum(nil)[:macSize]
}

// Invite is what somebody needs who wants to come in by a member.
type Invite struct {
	Room      string
	Member    peer.ID
	Ticket    Ticket
	Addresses []netip.AddrPort // where the member may be reached
}

// String writes the invitation in characters that any link may carry.
func (v Invite) String() string {
	list := v.Addresses[:min(len(v.Addresses), MaxAddresses)]
	b := []byte{version}
	if raw, ok := packed(v.Room); ok {
		b = append(append(b, 0), raw...)
	} else {
		b = wire.AppendBytes(b, []byte(v.Room))
	}
	b = append(append(b, v.Member[:]...), v.Ticket[:]...)
	var six byte // which addresses are IPv6
	for i, a := range list {
		if a.Addr().Is6() {
			six |= 1 << i
		}
	}
	b = append(b, byte(len(list)), six)
	for _, a := range list {
		b = binary.LittleEndian.AppendUint16(append(b, a.Addr().AsSlice()...), a.Port())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// packed returns the name of a room that is a number in hex, as those of the lobby
// are, in half the bytes.
func packed(room string) ([]byte, bool) {
	raw, err := hex.DecodeString(room)
	return raw, err == nil && len(raw) == short && hex.EncodeToString(raw) == room
}

// Parse reads what [Invite.String] wrote. Errors: [ErrInvite].
func Parse(s string) (v Invite, err error) {
	if len(s) > 4096 {
		return v, ErrInvite
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return v, ErrInvite
	}
	r := wire.NewReader(b)
	if r.U8() != version {
		return v, ErrInvite
	}
	if n := r.Int(MaxRoom); n > 0 {
		v.Room = string(r.Bytes(n))
		if _, ok := packed(v.Room); ok {
			return v, ErrInvite // there is one way to write it
		}
	} else {
		v.Room = hex.EncodeToString(r.Bytes(short))
	}
	copy(v.Member[:], r.Bytes(len(v.Member)))
	copy(v.Ticket[:], r.Bytes(len(v.Ticket)))
	n, six := int(r.U8()), r.U8()
	if n > MaxAddresses || six>>n != 0 {
		return v, ErrInvite
	}
	for i := range n {
		size := 4 + 12*int(six>>i&1)
		ip, ok := netip.AddrFromSlice(r.Bytes(size))
		if port := r.U16(); ok && !ip.Is4In6() {
			v.Addresses = append(v.Addresses, netip.AddrPortFrom(ip, port))
		}
	}
	if r.Done() != nil || len(v.Addresses) != n || v.Room == "" || v.Member.IsZero() {
		return v, ErrInvite
	}
	return v, nil
}
