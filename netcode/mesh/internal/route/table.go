package route

import (
	"cmp"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// Fresh is how long a report counts. Reports come about once a second, so
	// two may be lost.
	Fresh = 3500 * time.Millisecond
	// Blame is how long a third member is passed over that did not bring anything
	// across; twice as long each time until it does, up to MaxBlame. One that was
	// not blamed again for MaxBlame begins anew.
	Blame    = 2 * time.Second
	MaxBlame = 32 * time.Second
	// Another third member takes over when it is better by this much, and not
	// sooner than dwell after the last change: a smaller difference is jitter.
	better = 4 * time.Millisecond
	dwell  = time.Second
	// unknown is what a hop counts whose round trip is not measured yet.
	unknown = 500 * time.Millisecond
)

// Table is what this member knows of the graph. The zero Table knows nothing.
type Table struct {
	own     []own
	reports []report // of those in own, sorted as they came
	targets []target
}

// own is a member that we are linked with directly.
type own struct {
	id  peer.ID
	rtt time.Duration
}

type report struct {
	via  peer.ID
	at   time.Duration
	list []Neighbour
}

// target is what is remembered of one that is reached through others.
type target struct {
	id     peer.ID
	via    peer.ID       // chosen last; zero is none
	at     time.Duration // when
	blamed []blame
}

type blame struct {
	via   peer.ID
	span  time.Duration
	until time.Duration
}

// Link tells that we are linked directly with a member whose packets come and
// go, at a round trip; 0 is not measured.
func (t *Table) Link(id peer.ID, rtt time.Duration) {
	for i := range t.own {
		if t.own[i].id == id {
			t.own[i].rtt = rtt
			return
		}
	}
	if len(t.own) < MaxPeers {
		t.own = append(t.own, own{id, rtt})
	}
}

// Unlink tells that we are not, or that its direct way is silent.
func (t *Table) Unlink(id peer.ID) {
	t.own = slices.DeleteFunc(t.own, func(o own) bool { return o.id == id })
	t.reports = slices.DeleteFunc(t.reports, func(r report) bool { return r.via == id })
}

// Linked says whether [Table.Link] holds for a member.
func (t *Table) Linked(id peer.ID) bool {
	return slices.ContainsFunc(t.own, func(o own) bool { return o.id == id })
}

// Forget drops what is remembered of a member that left.
func (t *Table) Forget(id peer.ID) {
	t.Unlink(id)
	t.targets = slices.DeleteFunc(t.targets, func(x target) bool { return x.id == id })
}

// Hear takes the report of a member; one that we are not linked with is not
// asked to relay, so its report is dropped. list is copied.
func (t *Table) Hear(now time.Duration, via peer.ID, list []Neighbour) {
	if !t.Linked(via) {
		return
	}
	for i := range t.reports {
		if r := &t.reports[i]; r.via == via {
			r.at, r.list = now, append(r.list[:0], list...)
			return
		}
	}
	t.reports = append(t.reports, report{via, now, slices.Clone(list)})
}

// Brought tells that via has just brought something from a member, so the two
// are linked, whatever the last report says.
func (t *Table) Brought(now time.Duration, via, from peer.ID) {
	for i := range t.reports {
		r := &t.reports[i]
		if r.via != via {
			continue
		}
		tag := TagOf(from)
		if now-r.at >= Fresh {
			r.list = r.list[:0]
		}
		if len(r.list) < MaxPeers && !slices.ContainsFunc(r.list, func(n Neighbour) bool { return n.Tag == tag }) {
			r.list = append(r.list, Neighbour{Tag: tag})
		}
		r.at = max(r.at, now-Fresh/2) // it counts, but a report counts longer
		return
	}
	if t.Linked(via) {
		t.reports = append(t.reports, report{via, now - Fresh/2, []Neighbour{{Tag: TagOf(from)}}})
	}
}

// Report returns our own neighbours, for the others, in list.
func (t *Table) Report(list []Neighbour) []Neighbour {
	for _, o := range t.own {
		list = append(list, Neighbour{TagOf(o.id), o.rtt})
	}
	return list
}

// Blame passes a third member over for a while, for one target: nothing comes
// across.
func (t *Table) Blame(now time.Duration, id, via peer.ID) {
	x := t.target(id)
	span := Blame
	for _, b := range x.blamed {
		switch {
		case b.via != via || now-b.until >= MaxBlame:
		case now >= b.until:
			span = min(2*b.span, MaxBlame)
		default:
			span = b.span // there was nobody else
		}
	}
	x.blamed = slices.DeleteFunc(x.blamed, func(b blame) bool { return b.via == via || now-b.until >= MaxBlame })
	if len(x.blamed) < MaxPeers {
		x.blamed = append(x.blamed, blame{via, span, now + span})
	}
	if x.via == via {
		x.via = peer.ID{}
	}
}

// Trust forgets what a third member was blamed for: something went across, there
// and back.
func (t *Table) Trust(id, via peer.ID) {
	x := t.target(id)
	x.blamed = slices.DeleteFunc(x.blamed, func(b blame) bool { return b.via == via })
}

func (t *Table) target(id peer.ID) *target {
	for i := range t.targets {
		if t.targets[i].id == id {
			return &t.targets[i]
		}
	}
	t.targets = append(t.targets, target{id: id})
	return &t.targets[len(t.targets)-1]
}

// Choice is a third member and the sum of both measured round trips.
type Choice struct {
	Via peer.ID
	RTT time.Duration
}

// Best returns the third member through whom id is reached soonest; ok is false
// if there is none. It stays with the last choice while that is there, for a
// second at least and while no other is better by 4 ms. If all are blamed it is
// the one that is so for the shortest time: worse than none it is not.
func (t *Table) Best(now time.Duration, id peer.ID) (c Choice, ok bool) {
	x := t.target(id)
	all := t.through(now, id, x)
	if len(all) == 0 {
		if all = t.through(now, id, &target{}); len(all) > 0 {
			all = append(all[:0], slices.MinFunc(all, func(a, b Choice) int { return cmp.Compare(x.until(a.Via), x.until(b.Via)) }))
		}
	}
	if len(all) == 0 {
		x.via = peer.ID{}
		return Choice{}, false
	}
	best := slices.MinFunc(all, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(a.RTT, b.RTT), a.Via.Compare(b.Via))
	})
	for _, c := range all {
		if c.Via == x.via && (c.RTT-best.RTT < better || now-x.at < dwell) {
			best = c
		}
	}
	if x.via != best.Via {
		x.via, x.at = best.Via, now
	}
	return best, true
}

// until is how long a third member is blamed.
func (x *target) until(via peer.ID) time.Duration {
	for _, b := range x.blamed {
		if b.via == via {
			return b.until
		}
	}
	return 0
}

// Through returns all third members through whom id can be reached, in no
// useful order: for letters, which are worth a few copies.
func (t *Table) Through(now time.Duration, id peer.ID) []Choice {
	return t.through(now, id, &target{})
}

func (t *Table) through(now time.Duration, id peer.ID, x *target) []Choice {
	var all []Choice
	tag := TagOf(id)
	for i := range t.reports {
		r := &t.reports[i]
		if now-r.at >= Fresh || r.via == id ||
			slices.ContainsFunc(x.blamed, func(b blame) bool { return b.via == r.via && now < b.until }) {
			continue
		}
		for _, n := range r.list {
			if n.Tag == tag {
				all = append(all, Choice{r.via, hop(t.rtt(r.via)) + hop(n.RTT)})
				break
			}
		}
	}
	return all
}

func (t *Table) rtt(id peer.ID) time.Duration {
	for _, o := range t.own {
		if o.id == id {
			return o.rtt
		}
	}
	return 0
}

func hop(rtt time.Duration) time.Duration {
	if rtt <= 0 {
		return unknown
	}
	return rtt
}
