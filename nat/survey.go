//go:build !js

package nat

import (
	"encoding/binary"
	"math"
	"net/netip"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// Never is what [Survey.Wake] returns when nothing is left to send.
const Never = time.Duration(math.MaxInt64)

// resend is when a request goes out again that has no answer: RFC 8489's
// doubling, from 150 ms instead of 500 because a player waits.
var resend = [...]time.Duration{0, 150 * time.Millisecond, 450 * time.Millisecond, 1050 * time.Millisecond}

// maxStep is the largest difference of two ports that passes for a step: two
// random ports are that close once in two thousand times.
const maxStep = 16

// others is how many steps the traffic of others may take between two of ours.
const others = 4

// Mapped is one answer of a STUN server.
type Mapped struct {
	// Server is the server that answered.
	Server netip.AddrPort
	// Public is the address and port that it saw.
	Public netip.AddrPort
	// At is when the answer came, in the caller's time.
	At time.Duration
	// RTT is the time since the request was first sent, at least 0.
	RTT time.Duration
}

// request is one server and what came of it.
type request struct {
	to      netip.AddrPort
	id      stunmsg.ID
	sent    int           // times
	first   time.Duration // when it was sent first
	refused int           // the code of an error response
	answer  Mapped        // Public is valid once it is there
}

func (r *request) done() bool { return r.refused != 0 || r.answer.Public.IsValid() }

// Survey asks STUN servers for the public address of a socket that somebody
// else owns: the caller sends what [Survey.Poll] gives and hands what he
// receives to [Survey.Receive]. It is pure: no goroutine, no clock, no socket.
// For one goroutine at a time. The time that is passed in may begin anywhere
// and never runs back.
//
// For a new measurement make a new Survey: its numbers are fresh, and answers
// to the old one are not taken for answers to the new one.
type Survey struct {
	requests []request // in the order of sending
	began    time.Duration
	running  bool
	stray    int
	buf      []byte
	parse    func([]byte) (stunmsg.Message, error)
}

// NewSurvey makes one that will ask servers, in this order; what is not valid
// or stands there twice is left out, and so is what is beyond [MaxTargets]. It
// reads the system's random source.
func NewSurvey(servers []netip.AddrPort) *Survey {
	s := &Survey{parse: stunmsg.Parse}
	for _, to := range servers {
		to = plain(to)
		if !to.IsValid() || to.Port() == 0 || s.find(to) != nil || len(s.requests) == MaxTargets {
			continue
		}
		s.requests = append(s.requests, request{to: to, id: stunmsg.NewID()})
	}
	return s
}

// plain is an address as it is compared: IPv4 as such, and without zone.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

func (s *Survey) find(to netip.AddrPort) *request {
	for i := range s.requests {
		if s.requests[i].to == to {
			return &s.requests[i]
		}
	}
	return nil
}

// Poll returns the next packet that is due at now and where to send it; call it
// until it returns false. The packet is valid until the next call. Requests
// without an answer are repeated after 150, 450 and 1,050 ms. The first call
// begins the survey.
func (s *Survey) Poll(now time.Duration) (to netip.AddrPort, packet []byte, ok bool) {
	if !s.running {
		s.running, s.began = true, now
	}
	for i := range s.requests {
		r := &s.requests[i]
		if r.done() || r.sent == len(resend) || now < s.began+resend[r.sent] {
			continue
		}
		if r.sent == 0 {
			r.first = now
		}
		r.sent++
		s.buf = stunmsg.AppendRequest(s.buf[:0], r.id)
		return r.to, s.buf, true
	}
	return netip.AddrPort{}, nil, false
}

// Wake returns the time of the next packet: [Never] when none is left. Before
// the first Poll it is 0.
func (s *Survey) Wake() time.Duration {
	if !s.running {
		return 0
	}
	wake := Never
	for i := range s.requests {
		if r := &s.requests[i]; !r.done() && r.sent < len(resend) {
			wake = min(wake, s.began+resend[r.sent])
		}
	}
	return wake
}

// Receive takes a datagram of anybody's and reports whether it belongs to this
// survey; what does not goes where it would have gone without one. An answer
// counts only if it comes from the server that was asked and has that request's
// number. It allocates nothing for what is not its own, and never panics.
func (s *Survey) Receive(now time.Duration, from netip.AddrPort, b []byte) (mine bool) {
	r := s.asked(plain(from), b)
	if r == nil {
		return false
	}
	defer func() {
		if recover() != nil {
			mine = true
			s.stray++ // see SECURITY in stunmsg
		}
	}()
	m, err := s.parse(b)
	switch {
	case err != nil:
		s.stray++
	case r.done():
		// The answer to a request that was sent twice.
	case m.Kind == stunmsg.Failure:
		r.refused = m.Code
	case m.Kind == stunmsg.Success && m.Mapped.Addr().Is4() == r.to.Addr().Is4():
		r.answer = Mapped{Server: r.to, Public: m.Mapped, At: now, RTT: max(now-r.first, 0)}
	default:
		s.stray++
	}
	return true
}

// asked returns the request that b pretends to answer.
func (s *Survey) asked(from netip.AddrPort, b []byte) *request {
	const head, cookie = 20, 0x2112a442
	if len(b) < head || b[0]&0xfe != 0 || binary.BigEndian.Uint32(b[4:]) != cookie {
		return nil
	}
	id := stunmsg.ID(b[8:head])
	for i := range s.requests {
		if r := &s.requests[i]; r.sent > 0 && r.id == id && r.to == from {
			return r
		}
	}
	return nil
}

// Settled reports whether waiting longer would tell nothing more: every server
// has answered or refused, or 2 s have passed.
func (s *Survey) Settled(now time.Duration) bool {
	if s.running && now-s.began >= MaxTime {
		return true
	}
	for i := range s.requests {
		if !s.requests[i].done() {
			return false
		}
	}
	return true
}

// Mapped returns the answers so far, in the order in which the servers were
// named, which is the order of sending.
func (s *Survey) Mapped() []Mapped {
	var out []Mapped
	for i := range s.requests {
		if r := &s.requests[i]; r.answer.Public.IsValid() {
			out = append(out, r.answer)
		}
	}
	return out
}

// Mapping compares the answers: [MappingIndependent] when two or more are the
// same, [MappingDependent] when two differ, else [MappingUnknown]. With local,
// the socket's own address and port, it is [MappingNone] when the only address
// seen is that; the zero AddrPort leaves that out.
func (s *Survey) Mapping(local netip.AddrPort) Mapping {
	answers := s.Mapped()
	for _, m := range answers {
		if m.Public != answers[0].Public {
			return MappingDependent
		}
	}
	switch {
	case len(answers) > 0 && answers[0].Public == plain(local):
		return MappingNone
	case len(answers) > 1:
		return MappingIndependent
	}
	return MappingUnknown
}

// Step returns by how much the port grows with each new destination, −16 to 16
// and never 0, for a NAT that gives each destination the next port. It is the
// smallest difference between two neighbouring answers, because other traffic
// uses up ports too. False: the mapping is not dependent, ports are drawn at
// random, or the public addresses differ.
func (s *Survey) Step() (step int, ok bool) {
	var publics []netip.AddrPort
	for _, m := range s.Mapped() {
		publics = append(publics, m.Public)
	}
	return portStep(publics)
}

// portStep is the smallest difference between neighbours, if none is as large as
// those of random ports.
func portStep(publics []netip.AddrPort) (step int, ok bool) {
	for i := 1; i < len(publics); i++ {
		a, b := publics[i-1], publics[i]
		d := int(int16(b.Port() - a.Port())) // ports wrap around
		switch {
		case a.Addr() != b.Addr() || abs(d) > others*maxStep:
			return 0, false
		case d != 0 && abs(d) <= maxStep && (!ok || abs(d) < abs(step)):
			step, ok = d, true
		}
	}
	return step, ok
}

func abs(n int) int { return max(n, -n) }
