package knock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
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

	macSize = 24
	version = 1
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
	until := time.Duration(binary.LittleEndian.Uint64(t[:]))
	return hmac.Equal(t[8:], mac(key, room, t[:8])) && now < until
}

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
	b := wire.AppendBytes([]byte{version}, []byte(v.Room))
	b = append(append(b, v.Member[:]...), v.Ticket[:]...)
	b = append(b, byte(len(list)))
	for _, a := range list {
		ip := a.Addr().As16()
		b = binary.LittleEndian.AppendUint16(append(b, ip[:]...), a.Port())
	}
	return base64.RawURLEncoding.EncodeToString(b)
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
	v.Room = string(r.Bytes(r.Int(MaxRoom)))
	copy(v.Member[:], r.Bytes(len(v.Member)))
	copy(v.Ticket[:], r.Bytes(len(v.Ticket)))
	n := int(r.U8())
	if n > MaxAddresses {
		return v, ErrInvite
	}
	for range n {
		var ip [16]byte
		copy(ip[:], r.Bytes(len(ip)))
		v.Addresses = append(v.Addresses, netip.AddrPortFrom(netip.AddrFrom16(ip).Unmap(), r.U16()))
	}
	if r.Done() != nil || v.Room == "" || v.Member.IsZero() {
		return v, ErrInvite
	}
	return v, nil
}
