//go:build !js

package stunturn

import (
	"net/netip"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// headerSize is that of a STUN message, paddingHead that of a PADDING
// attribute, in bytes.
const (
	headerSize  = 20
	paddingHead = 4
)

// largest is how many bytes may answer a request of size bytes: two addresses
// more. The request may carry a forged sender, who gets the answer.
func largest(size int, from netip.Addr) int { return size + 2*stunmsg.AddressSize(from) }

// appendAnswer appends the answer to the request m, which had size bytes and
// came from from. The server's own addresses are told as far as they fit.
func appendAnswer(dst []byte, m stunmsg.Message, size int, from, origin, other netip.AddrPort) []byte {
	answer := stunmsg.Answer{To: from}
	used := headerSize + stunmsg.AddressSize(from.Addr())
	for _, told := range []struct{ from, to *netip.AddrPort }{{&other, &answer.Other}, {&origin, &answer.Origin}} {
		if !told.from.IsValid() {
			continue
		}
		if n := stunmsg.AddressSize(told.from.Addr()); used+n <= largest(size, from.Addr()) {
			*told.to = *told.from
			used += n
		}
	}
	if m.Wish.Padding > 0 {
		answer.Padding = max(size-used-paddingHead, 0)
	}
	return stunmsg.AppendAnswer(dst, m.ID, answer)
}

// changeRequest is the number of the attribute that asks for an answer from
// elsewhere.
const changeRequest = 0x0003

// respond returns the socket that answers the request m, which came in on here,
// and the answer.
func (s *Server) respond(dst []byte, here *socket, m stunmsg.Message, size int, from netip.AddrPort) (by *socket, answer []byte) {
	by = s.partner(here, m.Wish.ChangeIP, m.Wish.ChangePort)
	switch {
	case m.Unknown != nil:
		return here, stunmsg.AppendUnknown(dst, m.ID, m.Unknown)
	case by == nil:
		return here, stunmsg.AppendUnknown(dst, m.ID, []uint16{changeRequest})
	}
	other, origin := s.other(here), by.public
	if !other.IsValid() || origin.Addr().IsUnspecified() {
		origin = netip.AddrPort{} // it would say nothing new, or nothing
	}
	if other.IsValid() && other.Addr().IsUnspecified() {
		same := netip.IPv4Unspecified()
		if from.Addr().Unmap().Is6() {
			same = netip.IPv6Unspecified()
		}
		other = netip.AddrPortFrom(same, other.Port())
	}
	return by, appendAnswer(dst, m, size, from, origin, other)
}

// partner returns the socket that differs from here in just what is to change,
// nil if there is none.
func (s *Server) partner(here *socket, ip, port bool) *socket {
	if !ip && !port {
		return here
	}
	for _, there := range s.sockets {
		a, b := here.public, there.public
		if ip && (a.Addr().IsUnspecified() || b.Addr().IsUnspecified()) {
			continue // that a wildcard and an address differ means nothing
		}
		if a.Addr().Is4() == b.Addr().Is4() && (a.Addr() != b.Addr()) == ip && (a.Port() != b.Port()) == port {
			return there
		}
	}
	return nil
}

// other returns what here tells as the server's other address: one that
// differs in both, else in the address, else in the port. The zero AddrPort if
// there is none. On a wildcard, the address is the unspecified one.
func (s *Server) other(here *socket) netip.AddrPort {
	for _, change := range [...]struct{ ip, port bool }{{true, true}, {true, false}, {false, true}} {
		there := s.partner(here, change.ip, change.port)
		if there != nil {
			return there.public
		}
	}
	return netip.AddrPort{}
}
