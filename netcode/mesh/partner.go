package mesh

import (
	"math/rand/v2"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/courier"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// firstAttempt is how long the first attempt may take, signalling included,
	// and the second twice that; no attempt gets more than lastAttempt. Under 10 %
	// loss 95 of 100 take about a second (W8).
	firstAttempt = 4 * time.Second
	lastAttempt  = 10 * time.Second
	// The pause after a failed attempt, and between hellos: doubling.
	firstPause = 250 * time.Millisecond
	lastPause  = 8 * time.Second
	// While a third member carries on in the place of a direct way an attempt
	// gets mendAttempt, and for mendFor one follows the other.
	mendAttempt = 2 * time.Second
	mendFor     = time.Minute
	// soon is how long a connection lasts at least that counts as a good one.
	soon = 5 * time.Second
	// barFor is how long a peer that was cut off for junk is left alone.
	barFor = 30 * time.Second
	// rumours is how many attempts a hello from another process is believed
	// while the process we are linked with is well: it is not signed.
	rumours = 3
	// rumourEvery is the least time between two other processes that hellos make
	// us try, beside a connection that is well or by the word of a member: anybody
	// in the room can write such a hello.
	rumourEvery = 5 * time.Second
	// wantEvery is the least time between two new connections that the other end
	// wants though ours is well.
	wantEvery = 2 * time.Second
)

// partner is the state machine towards one member. It belongs to the mesh's
// goroutine. The lower ID makes the offers, each for a challenge that the
// higher one sent it.
type partner struct {
	m      *Mesh
	link   *link
	offers bool
	theirs uint64 // incarnation as last heard; 0 is not heard of

	attempt *way // in the making, or nil
	old     *way // carries messages, or is silent; nil is none

	next    time.Duration // earliest next hello or attempt
	pause   time.Duration // after the next failure
	tries   int           // failed in a row
	barred  time.Duration // until then it is left alone
	direct  time.Duration // when something came directly
	quiet   bool          // nothing is heard of it directly
	wanted  bool          // the other end asked for a new connection
	asked   bool          // for a challenge
	answers time.Duration // earliest next answer to a hello
	upAt    time.Duration // when old came up
	flaps   int           // connections in a row that broke soon

	given challenge      // from them, for our next offer
	spent []letter.Nonce // theirs that we answered
	drawn challenges     // by us, for their offers
	// What is verified of letters, by who brought them; the zero ID is the server.
	purses   courier.Purses
	keys     keyOffer
	rumourAt time.Duration // when another process was last believed in; 0 is never
	wantedAt time.Duration // when wanted was last believed; 0 is never
	session  letter.Nonce  // of the last connection that came up
	again    again
	strange  time.Duration  // until then they keep their address from us
	brought  *courier.Purse // of who brought the letter that is being read
	byMember bool           // and whether that is a member
	copies   courier.Copies
}

func newPartner(m *Mesh, id peer.ID) *partner {
	p := &partner{m: m, offers: m.self.Compare(id) < 0, pause: firstPause}
	p.link = &link{m: m, id: id, since: m.now()}
	p.link.makeRelay()
	p.link.state.Store(uint32(peer.Linking))
	return p
}

// tick moves on what waits for time to pass.
func (p *partner) tick(now time.Duration) {
	if w := p.attempt; w != nil && now >= w.deadline {
		w.fail(Broken, errTimeout)
		p.failed(w, Broken, errTimeout)
	}
	p.watch(now)
	p.insist(now)
	p.renew(now)
	if p.attempt != nil || now < p.next || now < p.barred || !p.needs() {
		return
	}
	if p.offers && p.given.valid && now-p.given.at < offerLifetime/2 {
		p.repair(now)
		return
	}
	p.hello(now, p.offers, !p.offers)
	p.wait(now)
}

// needs says whether a connection has to be made.
func (p *partner) needs() bool {
	if p.old == nil && p.apart(p.m.now()) {
		return !p.keyed()
	}
	return p.old == nil || p.wanted || p.quiet || p.State() != peer.Linked || p.theirs != p.old.theirs
}

func (p *partner) State() peer.State { return peer.State(p.link.state.Load()) }

// wait puts the next step off, longer each time.
func (p *partner) wait(now time.Duration) {
	p.next = now + p.pause/2 + rand.N(p.pause) // never in step with the other end
	p.pause = min(2*p.pause, lastPause)
	if p.mending(now) {
		p.pause = firstPause
	}
}

// patience is how long the next attempt may take.
func (p *partner) patience() time.Duration {
	if now := p.m.now(); p.mending(now) {
		return max(mendAttempt, 8*p.link.tripThrough())
	}
	return min(firstAttempt<<min(p.tries, 4), lastAttempt)
}

// mending says whether there was a direct way until lately and a third member
// carries on in its place: then attempts are short and many, so that one of them
// begins soon after the way is free again.
func (p *partner) mending(now time.Duration) bool {
	return p.upAt > 0 && now-p.direct < mendFor && p.State() == peer.Linked
}

// watch pings the way that carries messages and notices its silence.
func (p *partner) watch(now time.Duration) {
	l := p.link
	l.mu.Lock()
	defer l.mu.Unlock()
	w, limit := l.active, p.m.cfg.Silence
	last := l.relay.lost
	if through := &l.relay; through.way.up && !through.barred { // even if nobody relays just now
		last = max(last, time.Duration(through.way.heard.Load()))
	}
	if w != nil {
		heard := time.Duration(w.heard.Load())
		p.direct = heard
		last = max(last, heard)
		if quiet := now-heard >= p.m.cfg.Silence; quiet != p.quiet {
			if p.quiet = quiet; quiet {
				p.next, p.pause = now, firstPause
			}
		}
	} else {
		limit = alone
		p.quiet = false
	}
	switch linked, alive := p.State() == peer.Linked, last > 0 && now-last < limit; {
	case linked && !alive:
		l.unlink(Silent)
	case !linked && alive && w != nil:
		l.state.Store(uint32(peer.Linked))
		p.m.events.put(Linked{Peer: l.id})
	}
	if w == nil {
		return
	}
	l.errands.measure = true
	if l.got != l.told && now-l.ackAt >= pingEvery {
		l.ackAt, l.errands.ack = now, true
	}
	if !l.waits(now) {
		l.run(now, w)
	}
}

// excuse forgets a silence during which we slept ourselves.
func (p *partner) excuse(now time.Duration) {
	if p.old != nil {
		p.old.heard.Store(int64(now))
	}
	p.link.mu.Lock()
	if p.link.relay.way.up {
		p.link.relay.way.heard.Store(int64(now))
	}
	p.link.heardThere = heardFrom{}
	p.link.mu.Unlock()
	if p.attempt != nil {
		p.attempt.deadline = now + p.patience()
	}
}

// up: the attempt carries messages.
func (p *partner) up(w *way) {
	if w != p.attempt {
		return
	}
	before := p.old
	p.attempt, p.old = nil, w
	p.theirs, p.wanted, p.upAt = w.theirs, false, p.m.now()
	p.rumourAt = 0 // what was said is signed now: a player may start anew twice in a row
	p.session = w.session
	p.tries, p.pause = 0, firstPause
	if before != nil {
		before.dead.Store(true)
		before.conn.close()
	}
	p.m.cfg.Log.Debug("mesh: linked", "peer", p.link.id, "took", p.m.now()-w.began)
}

// failed: a way ended.
func (p *partner) failed(w *way, why Reason, err error) {
	if w.relayed && why == Junk {
		p.cutOff()
	}
	if w != p.attempt && w != p.old {
		return
	}
	now := p.m.now()
	p.m.cfg.Log.Debug("mesh: connection ended", "peer", p.link.id, "why", why, "err", err)
	if w == p.attempt {
		p.attempt = nil
		p.tries++
		p.wait(now)
		if p.tries >= rumours && p.old != nil && p.State() == peer.Linked {
			p.theirs, p.wanted, p.tries = p.old.theirs, false, 0
		}
	} else {
		p.old = nil
		p.next = now + rand.N(firstPause/5)
		if p.flaps++; now-p.upAt >= soon {
			p.flaps = 0
		} else if p.flaps > 1 {
			// A peer that closes what it opens costs us less and less.
			p.next = now + firstPause<<min(p.flaps-2, 3)
		}
	}
	if why == Junk {
		p.m.cfg.Log.Warn("mesh: cut off for junk", "peer", p.link.id, "for", barFor, "err", err)
		p.barred = now + barFor
	}
	if w.conn != nil {
		w.conn.close()
	}
}

// cutOff ends all ways to a peer that sent junk through a third member.
func (p *partner) cutOff() {
	for _, w := range []*way{p.attempt, p.old} {
		if w != nil {
			w.fail(Junk, errJunk)
			p.failed(w, Junk, errJunk)
		}
	}
	p.m.cfg.Log.Warn("mesh: cut off for junk", "peer", p.link.id, "for", barFor)
	p.barred = p.m.now() + barFor
	p.link.mu.Lock()
	p.link.makeRelay()
	p.link.relay.barred = true
	p.link.mu.Unlock()
}

// agree makes the keys of what goes through third members. Both halves are
// signed, and both numbers fresh.
func (p *partner) agree(theirs uint64, session, challenge letter.Nonce, half [seal.PublicSize]byte) {
	c := seal.Context{Room: p.m.room}
	copy(c.Session[:], session[:])
	copy(c.Session[len(session):], challenge[:])
	pair, err := p.m.secret.Pair(c, seal.End{ID: p.m.self, Process: p.m.incarnation}, seal.End{ID: p.link.id, Process: theirs}, half)
	if err != nil {
		p.m.cfg.Log.Warn("mesh: no key for what goes through others", "peer", p.link.id, "err", err)
		return
	}
	if w := p.attempt; w != nil && w.session == session {
		c.Purpose = " direct"
		if direct, err := p.m.secret.Pair(c, seal.End{ID: p.m.self, Process: p.m.incarnation}, seal.End{ID: p.link.id, Process: theirs}, half); err == nil {
			w.conn.keyed(direct)
		}
	}
	k := &seal.Key{Pair: pair, ID: [2]byte(session[:2]), Process: theirs}
	p.link.mu.Lock()
	p.link.relay.conn.keys.Agreed(k, p.offers)
	p.link.mu.Unlock()
	p.m.choose(p.m.now(), p)
}

// drop ends all there is with a partner that left. why 0 tells nobody.
func (p *partner) drop(why Reason) {
	l := p.link
	for _, w := range []*way{p.attempt, p.old} {
		if w != nil {
			w.dead.Store(true)
			w.conn.close()
		}
	}
	p.attempt, p.old = nil, nil
	l.mu.Lock()
	defer l.mu.Unlock()
	if peer.State(l.state.Load()) == peer.Linked && why != 0 {
		p.m.events.put(Unlinked{l.id, why})
	}
	l.active = nil
	l.state.Store(uint32(peer.Unlinked))
	l.kept.Reset()
	l.bulk.reset()
	if x := l.impaired.Load(); x != nil {
		x.close()
	}
	l.makeRelay()
}
