package epoch

import (
	"slices"
)

// world is one state of the whole model. Crashes need no event of their own: a
// member to which nothing happens any more has crashed.
type world struct {
	ids [modelMembers]uint32
	net []uint32 // sorted numbers of messages, never removed
}

func mix(x uint64) uint64 { // the finalizer of SplitMix64 (Steele, Lea and Flood 2014)
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (w *world) key() (k [2]uint64) {
	for i, id := range w.ids {
		k[0] = mix(k[0] ^ uint64(id)<<3 ^ uint64(i))
		k[1] = mix(k[1] + k[0])
	}
	for _, id := range w.net {
		k[0] += mix(uint64(id))
		k[1] ^= mix(uint64(id) ^ 0xabcdef)
	}
	return k
}

// own are the events of members that a model allows.
func (l *lab) own(self int) (events []uint32) {
	mod := &l.mod
	events = append(events, evEnter)
	for x := range mod.n {
		if mod.distrust[self].Has(x) {
			events = append(events, evSuspect+uint32(x))
			if mod.trust {
				events = append(events, evTrust+uint32(x))
			}
		}
		if mod.join.Has(x) && x != self {
			events = append(events, evConfirm+uint32(x))
		}
	}
	for s := range mod.n {
		if mod.spread.Has(s) && s != self {
			events = append(events, evStage+2*uint32(s))
			if mod.fork.Has(s) {
				events = append(events, evStage+2*uint32(s)+1)
			}
			if mod.grow {
				events = append(events, evTake+uint32(s))
			}
		}
	}
	if mod.leave.Has(self) {
		events = append(events, evLeave)
	}
	if mod.lead.Has(self) {
		for x := range 1 << mod.n {
			events = append(events, evPropose+uint32(x))
		}
	}
	return events
}

// begins returns the worlds in which nothing has happened.
func (l *lab) begins() (all []world) {
	all = []world{{}}
	for i := range l.mod.n {
		firsts := l.firsts(i)
		var more []world
		for _, w := range all {
			for f := range firsts {
				w.ids[i] = l.intern(&firsts[f])
				more = append(more, w)
			}
		}
		all = more
	}
	for k := range all {
		for i := range l.mod.n {
			all[k].net = l.send(&all[k], i)
		}
	}
	return all
}

func add(net []uint32, id uint32) []uint32 {
	at, found := slices.BinarySearch(net, id)
	if found {
		return net
	}
	grown := make([]uint32, len(net)+1)
	copy(grown, net[:at])
	grown[at] = id
	copy(grown[at+1:], net[at:])
	return grown
}

// send returns the network after member self has come to a new state: what is
// dead for it is gone, and what it says is there.
func (l *lab) send(w *world, self int) []uint32 {
	net := make([]uint32, 0, len(w.net)+4)
	for _, g := range w.net {
		if m := &l.msgs[g]; l.walking && m.kind == 'c' && int(m.from) == self {
			continue // said anew, or else the walk is lost among old claims
		} else if int(m.to) != self || !l.dead(g, w.ids[self]) {
			net = append(net, g)
		}
	}
	for _, g := range l.out(self, w.ids[self]) {
		if !l.dead(g, w.ids[l.msgs[g].to]) {
			net = add(net, g)
		}
	}
	return net
}

// after returns the world after an event at a member, and whether it differs.
func (l *lab) after(w *world, self int, event uint32) (world, bool) {
	next := l.step(self, w.ids[self], event)
	if next == w.ids[self] {
		return world{}, false
	}
	v := *w
	v.ids[self] = next
	v.net = l.send(&v, self)
	return v, true
}

// maxStates is more than any model has; it bounds the memory of one that grew.
const maxStates = 20e6

// run visits every state that the model can reach.
func (l *lab) run() {
	var events [modelMembers][]uint32
	for i := range l.mod.n {
		events[i] = l.own(i)
	}
	var stack []world
	push := func(w *world) {
		key := w.key()
		if _, ok := l.seen[key]; !ok {
			l.seen[key] = struct{}{}
			l.check(w)
			stack = append(stack, *w)
		}
	}
	for _, w := range l.begins() {
		push(&w)
	}
	for len(stack) > 0 && !l.t.Failed() {
		w := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if len(l.seen) > maxStates {
			l.t.Fatalf("%s: more than %d states (%d nodes, %d messages)", l.mod.name, int(maxStates), len(l.nodes), len(l.msgs))
		}
		for i := range l.mod.n {
			for _, e := range events[i] {
				if next, changed := l.after(&w, i, e); changed {
					push(&next)
				}
			}
			for _, g := range w.net {
				if int(l.msgs[g].to) == i {
					if next, changed := l.after(&w, i, msgEvents+g); changed {
						push(&next)
					}
				}
			}
		}
	}
	l.premise.states = len(l.seen)
}

// local checks one step of one member.
func (l *lab) local(self int, before, after *node) {
	b, a := &before.p, &after.p
	if a.decided && !b.decided {
		l.premise.decrees++
		if a.decision.Record.Join != 0 {
			l.premise.joins++
		}
		if a.decision.Record.Left != 0 {
			l.premise.leaves++
		}
	}
	if a.voted > b.voted && a.epoch == b.epoch {
		for s, holder := range a.vote.Holder {
			if holder >= 0 && a.vote.Ends[s].Frame > int32(after.books[s].n) {
				l.premise.cutAboveOwn++
			}
		}
		if a.lead.ballot == a.voted && a.lead.best != 0 {
			l.premise.adopted++
		}
		if a.lead.ballot == a.voted && a.lead.common != (End{}) {
			l.premise.forks++
		}
	}
	if after.settled > l.confirmed(after) && l.mod.fork == 0 && l.stays(self, after) {
		l.t.Errorf("%s: I6: member %d settled %d and confirmed %d", l.mod.name, self, after.settled, l.confirmed(after))
	}
	if l.confirmed(after) < l.confirmed(before) && l.mod.fork == 0 && l.stays(self, after) {
		l.t.Errorf("%s: member %d had confirmed %d, now %d", l.mod.name, self, l.confirmed(before), l.confirmed(after))
	}
}

// stays reports whether a member votes.
func (l *lab) stays(self int, n *node) bool {
	return n.p.members.Has(self) && n.p.incarnation[self] == n.p.own
}

// confirmed is how far a member holds all moves.
func (l *lab) confirmed(n *node) int8 {
	f := int8(uncut)
	for s := range l.mod.n {
		if n.books[s].n < n.cut[s] {
			f = min(f, n.books[s].n)
		}
	}
	return f
}

// check checks what all members together must never do.
func (l *lab) check(w *world) {
	var known [modelEpochs]*Record
	var members [modelEpochs]Set
	members[0] = All(l.mod.n) &^ l.mod.outside
	var nodes [modelMembers]*node
	for i := range l.mod.n {
		nodes[i] = &l.nodes[w.ids[i]]
	}
	for i, n := range nodes[:l.mod.n] {
		for e := range modelEpochs {
			var rec *Record
			switch {
			case Number(e) < n.p.epoch:
				rec = &n.hist[e].Record
			case Number(e) == n.p.epoch && n.p.decided:
				rec = &n.p.decision.Record
			default:
				continue
			}
			if known[e] != nil && *known[e] != *rec {
				l.t.Errorf("%s: I1: epoch %d ends with %+v and, for member %d, with %+v", l.mod.name, e, *known[e], i, *rec)
			}
			known[e] = rec
			if e+1 < modelEpochs {
				members[e+1] = rec.Members
			}
		}
	}
	l.checkAlpha(nodes[:l.mod.n])
	for e, rec := range known {
		if rec != nil && !l.t.Failed() {
			l.checkRecord(Number(e), rec, members[e], nodes[:l.mod.n])
		}
	}
}

// checkAlpha checks that no voter gets further ahead of another in the same
// epoch than entries are written ahead: so what it confirmed above that can be
// settled as soon as the others are heard.
func (l *lab) checkAlpha(nodes []*node) {
	if !l.walking {
		return
	}
	for i, p := range nodes {
		for j, r := range nodes {
			if p.p.epoch != r.p.epoch || !l.stays(i, p) || !l.stays(j, r) || l.confirmed(p) == uncut {
				continue
			}
			if ahead := l.confirmed(p) - l.confirmed(r); ahead > modelAlpha {
				l.t.Errorf("I5: member %d confirmed %d, %d more than member %d", i, l.confirmed(p), ahead, j)
			}
			l.premise.ahead = max(l.premise.ahead, int(l.confirmed(p)-l.confirmed(r)))
		}
	}
}

// checkRecord checks the members against a decided record.
func (l *lab) checkRecord(e Number, rec *Record, voters Set, nodes []*node) {
	var hands Set
	entered := false
	for q, n := range nodes {
		has := true
		for s := range nodes {
			if !rec.Drop.Has(s) {
				continue
			}
			end := int8(rec.Ends[s].Frame)
			has = has && n.books[s].staged >= end
			if l.mod.fork.Has(s) || n.p.epoch != e {
				continue
			}
			if rec.Members.Has(q) && voters.Has(q) && n.books[s].n > end {
				l.t.Errorf("%s: I2: member %d holds %d entries of seat %d that ends at %d", l.mod.name, q, n.books[s].n, s, end)
			}
			if voters.Has(q) && n.settled > end && n.cut[s] == uncut {
				l.t.Errorf("%s: I3: member %d settled %d, seat %d ends at %d", l.mod.name, q, n.settled, s, end)
			}
		}
		if has {
			hands = hands.With(q)
		}
		entered = entered || n.p.epoch > e
	}
	if rank := &l.machines[0].rank; entered && !quorum(rank, voters, hands, rec.Left) {
		l.t.Errorf("%s: I4: epoch %d ended, and only %08b of %08b have the moves of %+v", l.mod.name, e, hands, voters, *rec)
	}
}
