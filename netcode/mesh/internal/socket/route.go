//go:build !js

package socket

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
)

// take hands on what a socket read, and says whether it kept the packet.
func (s *Set) take(p *packet) (kept bool) {
	b := p.data[:p.n]
	switch {
	case p.n == 0:
		return false
	case b[0] == Knock:
		if s.cfg.Knock != nil {
			s.cfg.Knock(p.from, b)
		}
		return false
	case b[0] == datagram.Kind:
		return s.datagram(p)
	case isMedia(b):
		s.strange.Add(1)
		return false
	case isSTUN(b) && isRequest(b):
		return s.request(p)
	case isSTUN(b) && s.cfg.Tap != nil && s.cfg.Tap(p.from, b):
		return false
	}
	return s.byAddress(p)
}

// request hands a request to the flow that it names.
func (s *Set) request(p *packet) (kept bool) {
	from := p.from
	c, ok := parseCheck(p.data[:p.n])
	if !ok {
		s.strange.Add(1)
		return false
	}
	kept, ask := s.named(&c, p)
	if ask != nil {
		s.Send(ask, from)
	}
	return kept
}

// named hands a request to its flow, and returns what that asks the sender.
func (s *Set) named(c *check, p *packet) (kept bool, ask []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flows[string(c.ours)]
	if f == nil {
		s.strange.Add(1)
		return false, nil
	}
	if f.in != nil {
		if !f.in.good(c) {
			s.forged.Add(1)
			return false, nil
		}
		first, same := f.fresh(transactionOf(p.data[:p.n]), p.from)
		if !same {
			s.forged.Add(1)
			return false, nil
		}
		if first {
			ask = f.follow(p.from, s.now())
		}
	}
	return s.hand(f, p), ask
}

// byAddress hands a packet to the flows that sent to where it came from.
func (s *Set) byAddress(p *packet) (kept bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	flows := s.bound[p.from]
	if len(flows) == 0 {
		s.strange.Add(1)
		return false
	}
	if b := p.data[:p.n]; isSTUN(b) && isSuccess(b) {
		for _, f := range flows {
			if f.answered(b, p.from, s.now()) {
				return false
			}
		}
	}
	if isHandshake(p.data[:p.n]) {
		f, last := flows[owner(flows, p.from)], changesCipher(p.data[:p.n])
		kept = s.hand(f, p)
		if last && kept && !f.secret {
			f.secret = true
			for _, p := range f.early {
				if !s.hand(f, p) {
					p.free()
				}
			}
			f.early = nil
		}
		return kept
	}
	from := p.from
	for _, f := range flows[1:] {
		more := spare()
		more.n, more.from = copy(more.data[:], p.data[:p.n]), from
		if !s.hand(f, more) {
			more.free()
		}
	}
	return s.hand(flows[0], p)
}

// owner returns which flow a handshake is for: of those whose peer was seen at
// that address the newest one. The others only guessed it: who sends to the ports
// that a NAT may give next sends to those of all players behind that NAT.
func owner(flows []*Flow, from netip.AddrPort) int {
	return max(0, slices.IndexFunc(flows, func(f *Flow) bool { return f.seenAt(from) }))
}

// hand puts a packet into a flow's queue. What is encrypted waits until the
// handshake says that such is to come: before that it is of an older connection
// between the same sockets, or came too soon, and pion would keep it where the next
// packet is written over it. s.mu is held.
func (s *Set) hand(f *Flow, p *packet) bool {
	if !f.secret && isEncrypted(p.data[:p.n]) {
		if len(f.early) == maxEarly {
			s.over.Add(1)
			return false
		}
		f.early = append(f.early, p)
		return true
	}
	from, e := f.name(p, s.now())
	if e == nil {
		s.strange.Add(1)
		return false
	}
	p.from = from
	if !e.queue.put(p) {
		s.over.Add(1)
		return false
	}
	return true
}

// isMedia says whether b is RTP or RTCP (RFC 7983). There is none: pion hears it
// from us alone.
func isMedia(b []byte) bool { return b[0] >= 128 && b[0] <= 191 }

// isHandshake says whether b is a DTLS record without encryption: of epoch 0.
func isHandshake(b []byte) bool {
	return len(b) >= 13 && b[0] >= 20 && b[0] <= 25 && binary.BigEndian.Uint16(b[3:]) == 0
}

// isEncrypted says whether b is a DTLS record of a later epoch: from a peer whose
// handshake is over.
func isEncrypted(b []byte) bool {
	return len(b) >= 13 && b[0] >= 20 && b[0] <= 63 && !isHandshake(b)
}

// changesCipher says whether one of the DTLS records in b, which are of epoch 0 at
// first, is a ChangeCipherSpec: encrypted ones follow.
func changesCipher(b []byte) bool {
	const head, kind = 13, 20
	for len(b) >= head {
		if b[0] == kind {
			return true
		}
		n := head + int(binary.BigEndian.Uint16(b[11:]))
		if n > len(b) {
			return false
		}
		b = b[n:]
	}
	return false
}

// bind makes what comes from an address the flow's. s.mu is held.
func (s *Set) bind(f *Flow, a netip.AddrPort) {
	flows := s.bound[a]
	if slices.Contains(flows, f) || f.over {
		return
	}
	if len(f.addresses) == maxAddresses {
		i := 0
		for f.addresses[i] == f.real {
			i++
		}
		s.unbind(f, f.addresses[i])
		f.addresses = slices.Delete(f.addresses, i, i+1)
	}
	f.addresses = append(f.addresses, a)
	at, _ := slices.BinarySearchFunc(flows, f, func(a, b *Flow) int { return int(b.age) - int(a.age) })
	s.bound[a] = slices.Insert(flows, at, f)
}

func (s *Set) unbind(f *Flow, a netip.AddrPort) {
	flows := slices.DeleteFunc(s.bound[a], func(g *Flow) bool { return f == g })
	if len(flows) == 0 {
		delete(s.bound, a)
	} else {
		s.bound[a] = flows
	}
}

// forget takes a flow off. s.mu is held.
func (s *Set) forget(f *Flow) {
	if f.over {
		return
	}
	f.over = true
	if s.flows[f.ufrag] == f {
		delete(s.flows, f.ufrag)
	}
	for _, a := range f.addresses {
		s.unbind(f, a)
	}
	f.addresses = nil
	for _, p := range f.early {
		p.free()
	}
	f.early = nil
}
