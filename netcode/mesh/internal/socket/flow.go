//go:build !js

package socket

import (
	"net/netip"
	"slices"
	"time"
)

const (
	// maxAddresses is how many addresses of one peer are remembered: its
	// candidates, and those that were guessed.
	maxAddresses = 320
	// precious is how many of the first packets of a flow are sent more than
	// once: they are its handshakes, where a lost packet costs a whole timeout.
	// After preciousFor from the first one they are something else.
	precious    = 40
	preciousFor = 1500 * time.Millisecond
	// mute is how long the address in use must be silent before another may take
	// its place. While it is not, a second address is but another interface.
	mute = 300 * time.Millisecond
	// probes is how many requests to addresses that want to take the place of the
	// one in use wait for their answers, each for probeFor; one address is asked
	// each probeEvery.
	probes     = 16
	probeFor   = 2 * time.Second
	probeEvery = 100 * time.Millisecond
	// maxSeen is how many requests of a peer are remembered, so that whoever
	// captured one cannot send it again from elsewhere. What is older than that
	// moves nothing either: its sender cannot answer us.
	maxSeen = 64
	// maxEarly is how many encrypted packets wait for the handshake that they
	// overtook.
	maxEarly = 16
)

// request is one transaction of STUN, and the other end's address.
type request struct {
	id transaction
	at netip.AddrPort
}

// probe is a request of ours to an address that may become the one in use.
type probe struct {
	request
	sent time.Duration
}

// again is when precious packets are sent again.
var again = [...]time.Duration{8 * time.Millisecond, 20 * time.Millisecond}

// Flow is the packets of one connection, over all sockets. Its user fragment
// names it. Safe for concurrent use; nothing blocks.
type Flow struct {
	set   *Set
	ufrag string
	age   uint64 // grows from flow to flow

	// Under set.mu:
	ends      [families]*end
	over      bool
	in        *signer // of our password; nil is unknown, and then requests are pion's to check
	out       *signer // of theirs
	username  string  // of our checks
	offers    bool
	tie       uint64
	addresses []netip.AddrPort // bound, oldest first
	chosen    bool
	shown     netip.AddrPort // the peer's address as pion knows it; valid once chosen
	real      netip.AddrPort // where it is now
	heard     time.Duration  // when something came from real
	moves     int            // times that real changed
	before    netip.AddrPort // where it was before that; not valid once it is back
	seen      [maxSeen]request
	seenNext  int
	probes    [probes]probe
	probeNext int
	sent      int
	first     time.Duration // when the first one was sent
	scratch   []byte
	secret    bool      // the peer's handshake said that it encrypts from now on, or one before did
	early     []*packet // encrypted, and before that: of another connection, or too soon
}

// GoOn tells that the flow's connection has been there before, by another flow, and
// had its handshake then: an ICE restart. To be called before anything comes.
func (f *Flow) GoOn() {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	f.secret = true
}

// Secure gives the flow our password: requests that are not signed with it are
// dropped from then on.
func (f *Flow) Secure(password string) {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	f.in = newSigner(password)
}

// Meet tells the flow whom it is with: the peer's user fragment and password,
// and whether we made the offer. [Flow.Check] works from then on.
func (f *Flow) Meet(ufrag, password string, offers bool) {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	f.out, f.username, f.offers = newSigner(password), ufrag+":"+f.ufrag, offers
}

// Check sends a request of ours to an address that pion does not know of. It
// opens our NAT towards it; and if it comes through, the peer learns where we
// are. False before Meet, and where there is no socket for that family.
func (f *Flow) Check(to netip.AddrPort) bool {
	to = plain(to)
	s := f.set
	s.mu.Lock()
	sk := s.socks[familyOf(to.Addr())]
	if f.out == nil || f.over || sk == nil || !to.IsValid() {
		s.mu.Unlock()
		return false
	}
	f.scratch = appendCheck(f.scratch[:0], f.out, f.username, f.offers, f.tie)
	b := slices.Clone(f.scratch)
	s.bind(f, to)
	s.mu.Unlock()
	sk.write(b, to)
	return true
}

// Nudge sends a request to the address in use: a peer whose view of our address
// is old follows it. False while none is in use.
func (f *Flow) Nudge() bool {
	f.set.mu.Lock()
	to := f.real
	f.set.mu.Unlock()
	return to.IsValid() && f.Check(to)
}

// Choose says whether a is the first address that the flow chooses, which then
// is the one in use.
func (f *Flow) Choose(a netip.AddrPort) bool {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	if f.chosen {
		return false
	}
	f.chosen, f.shown, f.real, f.heard = true, plain(a), plain(a), f.set.now()
	return true
}

// Remote returns where the peer is now, and how often that changed; not valid
// until one is chosen.
func (f *Flow) Remote() (a netip.AddrPort, moves int) {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	return f.real, f.moves
}

// Silent returns how long nothing has come from the address in use; 0 while none
// is.
func (f *Flow) Silent() time.Duration {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	if !f.chosen {
		return 0
	}
	return max(0, f.set.now()-f.heard)
}

// Feed hands pion a packet of our own as if the peer had sent it. False while no
// address is in use, and where pion takes no more.
func (f *Flow) Feed(b string) bool {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	e := f.ends[familyOf(f.shown.Addr())]
	if !f.chosen || e == nil || len(b) > packetSize {
		return false
	}
	p := spare()
	p.n, p.from = copy(p.data[:], b), f.shown
	if !e.queue.put(p) {
		p.free()
		return false
	}
	return true
}

// Close forgets the flow and closes what pion has of it.
func (f *Flow) Close() {
	f.set.mu.Lock()
	f.set.forget(f)
	ends := f.ends
	f.set.mu.Unlock()
	for _, e := range ends {
		if e != nil {
			_ = e.Close()
		}
	}
}

// ended forgets the flow with its last end.
func (f *Flow) ended(e *end) {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	f.ends[e.sock.family] = nil
	if f.ends == [families]*end{} {
		f.set.forget(f)
	}
}

// write sends what pion wrote.
func (f *Flow) write(e *end, b []byte, to netip.AddrPort) (int, error) {
	s := f.set
	to = plain(to)
	s.mu.Lock()
	if f.chosen && to == f.shown {
		to = f.real
	}
	s.bind(f, to)
	if f.sent++; f.sent == 1 {
		f.first = s.now()
	}
	once := f.sent > precious || s.now()-f.first > preciousFor
	k := s.socks[familyOf(to.Addr())] // where the peer is now may be of another family
	s.mu.Unlock()
	if k == nil {
		k = e.sock
	}
	n, err := k.write(b, to)
	if !once {
		repeat(k, b, to)
	}
	return n, err
}

// repeat sends a packet again a little later. It stands alone because what its
// timers keep would otherwise be allocated for every packet.
func repeat(k *sock, b []byte, to netip.AddrPort) {
	b = slices.Clone(b)
	for _, d := range again {
		time.AfterFunc(d, func() { _, _ = k.write(b, to) })
	}
}

// seenAt says whether the peer is known to be at an address, or to have been: it is
// in use, or signed requests came from there. set.mu is held.
func (f *Flow) seenAt(from netip.AddrPort) bool {
	if f.chosen && (from == f.real || from == f.before) {
		return true
	}
	for i := range f.seen {
		if f.seen[i].at == from {
			return true
		}
	}
	return false
}

// fresh says whether a request that is the peer's comes for the first time, and if
// not, whether it is from the same address again, as the first packets are that
// are sent more than once. set.mu is held.
func (f *Flow) fresh(id transaction, from netip.AddrPort) (first, same bool) {
	for i := range f.seen {
		if r := &f.seen[i]; r.id == id && r.at.IsValid() {
			return false, r.at == from
		}
	}
	f.seen[f.seenNext] = request{id, from}
	f.seenNext = (f.seenNext + 1) % maxSeen
	return true, true
}

// follow looks at a request that is the peer's and new. If it is from elsewhere
// and the address in use is silent, it returns a request of ours to send there:
// the flow moves with its signed answer and not before, so that whoever delivers
// what a peer sent elsewhere gets nothing (RFC 7675). set.mu is held.
func (f *Flow) follow(from netip.AddrPort, now time.Duration) (ask []byte) {
	if !f.chosen {
		return nil
	}
	if from == f.real {
		f.heard = now
		return nil
	}
	if now-f.heard < mute || f.out == nil {
		return nil
	}
	for i := range f.probes {
		if p := &f.probes[i]; p.at == from && now-p.sent < probeEvery {
			return nil
		}
	}
	f.set.bind(f, from)
	f.scratch = appendCheck(f.scratch[:0], f.out, f.username, f.offers, f.tie)
	f.probes[f.probeNext] = probe{request{transactionOf(f.scratch), from}, now}
	f.probeNext = (f.probeNext + 1) % probes
	return slices.Clone(f.scratch)
}

// answered takes an answer to a request that follow made, and says whether it is
// one: then the flow has moved, if its address is still silent. set.mu is held.
func (f *Flow) answered(b []byte, from netip.AddrPort, now time.Duration) bool {
	id := transactionOf(b)
	for i := range f.probes {
		p := &f.probes[i]
		if !p.at.IsValid() || p.id != id || p.at != from {
			continue
		}
		c, ok := parseSigned(b)
		if !ok || f.out == nil || !f.out.good(&c) {
			f.set.forged.Add(1)
			return true
		}
		p.at = netip.AddrPort{}
		if now-p.sent < probeFor && now-f.heard >= mute && from != f.real {
			f.before = f.real
			f.real, f.heard = from, now
			f.moves++
		}
		return true
	}
	return false
}

// name returns a sender's address as pion knows it, and the end that belongs to
// it, and notes that it is heard. What is encrypted and comes from where the peer
// was before proves nothing by itself, but whoever knows the passwords, as the
// carrier of letters does, can move a flow: the peer goes on at its old address
// then, and the flow goes back there. set.mu is held.
func (f *Flow) name(p *packet, now time.Duration) (netip.AddrPort, *end) {
	from := p.from
	if f.chosen && !isSTUN(p.data[:p.n]) {
		if from == f.before && isEncrypted(p.data[:p.n]) {
			f.real, f.before = from, netip.AddrPort{}
			f.moves++
		}
		if from == f.real {
			f.heard = now
		}
	}
	if f.chosen && from == f.real {
		from = f.shown
	}
	return from, f.ends[familyOf(from.Addr())]
}
