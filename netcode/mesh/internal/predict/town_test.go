package predict

import (
	"cmp"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// town is players behind NATs that give each destination the next port, without a
// socket: letters and packets take their time, and nothing else happens.
type town struct {
	t       *testing.T
	now     time.Duration
	events  []event
	houses  []*nat
	players []*player
	// letter and packet are how long these take, one way.
	letter, packet time.Duration
}

type event struct {
	at time.Duration
	do func()
}

func (w *town) after(d time.Duration, do func()) { w.events = append(w.events, event{w.now + d, do}) }

// run lets time pass until done, or until the limit.
func (w *town) run(limit time.Duration, done func() bool) bool {
	for ; w.now < limit; w.now += time.Millisecond {
		for {
			i := slices.IndexFunc(w.events, func(e event) bool { return e.at <= w.now })
			if i < 0 {
				break
			}
			e := w.events[i]
			w.events = slices.Delete(w.events, i, i+1)
			e.do()
		}
		if done() {
			return true
		}
	}
	return false
}

// player is a mesh: it is its own [NAT].
type player struct {
	w       *town
	house   *nat
	id      int
	turns   *Turns
	sent    map[netip.AddrPort]bool
	seen    netip.AddrPort // by a server, when burnt destinations had been sent to
	burnt   uint64
	looking bool
	looked  time.Duration // 0 is never
	others  map[*player]*encounter
}

func (p *player) Burnt() uint64    { return uint64(len(p.sent)) }
func (p *player) Site() netip.Addr { return p.house.ip }

func (p *player) Next(round int, _ netip.AddrPort) (Told, bool) {
	return Next(p.seen, p.house.step, 1+int(p.Burnt()-p.burnt), round), p.seen.IsValid()
}

func (p *player) Look() bool {
	if p.looking || p.looked > 0 && p.w.now-p.looked <= 30*time.Millisecond {
		return !p.looking
	}
	p.looking = true
	p.w.after(p.w.packet, func() {
		burnt := p.Burnt()
		seen := netip.AddrPortFrom(p.house.ip, p.house.take())
		p.w.after(p.w.packet, func() {
			p.seen, p.burnt, p.looking, p.looked = seen, burnt, false, p.w.now
			for _, other := range p.w.players {
				if e := p.others[other]; e != nil {
					e.m.Known(p.w.now, e.m.Told())
				}
			}
		})
	})
	return false
}

// take takes the next port for a destination that is none of the players.
func (n *nat) take() uint16 {
	port := n.port
	n.port = add(n.port, n.step)
	n.given++
	return port
}

// encounter is one end of a meeting: it is its own [Peer].
type encounter struct {
	p, other *player
	m        *Meeting
	reached  time.Duration // 0 is not
}

func (e *encounter) Reached() bool { return e.reached > 0 }
func (e *encounter) Open() bool    { return false }
func (e *encounter) Dead() bool    { return false }
func (e *encounter) Tell(t Told) {
	e.p.w.after(e.p.w.letter, func() { e.other.others[e.p].m.Hear(e.p.w.now, t) })
}

func (e *encounter) Check(to netip.AddrPort) {
	w := e.p.w
	e.p.sent[to] = true
	from := e.p.house.outOf(e.p.id, to)
	w.after(w.packet, func() {
		back := e.other.others[e.p]
		if to.Addr() != e.other.house.ip || !e.other.house.letsTo(e.other.id, from, to.Port()) || back.reached > 0 {
			return
		}
		back.reached = w.now
		back.Check(from)
	})
}

// outOf and letsTo are for several players behind one NAT: each has its own holes.
func (n *nat) outOf(id int, to netip.AddrPort) netip.AddrPort {
	k := hole{id, to}
	if n.of == nil {
		n.of = map[hole]uint16{}
	}
	if _, was := n.of[k]; !was {
		n.of[k] = n.take()
	}
	return netip.AddrPortFrom(n.ip, n.of[k])
}

func (n *nat) letsTo(id int, from netip.AddrPort, port uint16) bool {
	at, ok := n.of[hole{id, from}]
	return ok && at == port
}

type hole struct {
	id int
	to netip.AddrPort
}

// newTown puts players into houses; they enter within 100 ms.
func newTown(t *testing.T, seed uint64, houses []int, letter, packet time.Duration) *town {
	dice := weather.NewDice(seed)
	w := &town{t: t, letter: letter, packet: packet}
	for i := range slices.Max(houses) + 1 {
		step := []int{1, 1, 2, -1}[dice.Below(4)]
		w.houses = append(w.houses, &nat{ip: netip.AddrFrom4([4]byte{203, 0, 113, byte(i + 1)}), port: uint16(20_000 + dice.Below(20_000)), step: step})
	}
	order := slices.Clone(houses)
	for i := range order {
		j := i + int(dice.Below(uint64(len(order)-i)))
		order[i], order[j] = order[j], order[i]
	}
	for id, h := range order {
		p := &player{w: w, house: w.houses[h], id: id, sent: map[netip.AddrPort]bool{}, others: map[*player]*encounter{}}
		p.turns = NewTurns(p, dice.Uint64())
		w.players = append(w.players, p)
		p.seen = netip.AddrPortFrom(p.house.ip, p.house.take())
	}
	for i, p := range w.players {
		for j, other := range w.players {
			if p != other {
				e := &encounter{p: p, other: other}
				e.m, p.others[other] = p.turns.Enter(e, i < j), e
			}
		}
	}
	for i, p := range w.players {
		for _, other := range w.players[i+1:] {
			w.after(time.Duration(dice.Below(100))*time.Millisecond, func() { w.introduce(p, other) })
		}
		w.tick(p, time.Duration(dice.Below(50))*time.Millisecond)
	}
	return w
}

// introduce is the offer and the answer.
func (w *town) introduce(a, b *player) {
	told, ok := a.others[b].m.First(w.now)
	a.others[b].m.At(b.house.ip)
	w.after(w.letter, func() {
		e := b.others[a]
		e.m.At(a.house.ip)
		if ok {
			e.m.Hear(w.now, told)
		}
		e.m.Met(w.now)
		w.after(w.letter, func() { a.others[b].m.Met(w.now) })
	})
}

func (w *town) tick(p *player, in time.Duration) {
	w.after(in, func() {
		for _, other := range w.players {
			if e := p.others[other]; e != nil {
				e.m.Tick(w.now)
			}
		}
		w.tick(p, 50*time.Millisecond)
	})
}

// meetings returns how long it took each pair that is not behind one NAT, sorted,
// and how many did not meet within the limit.
func (w *town) meetings(limit time.Duration) (took []time.Duration, never int) {
	w.run(limit, func() bool {
		for _, p := range w.players {
			for other, e := range p.others {
				if other.house != p.house && e.reached == 0 {
					return false
				}
			}
		}
		return true
	})
	for i, p := range w.players {
		for _, other := range w.players[i+1:] {
			at := min(p.others[other].reached, other.others[p].reached)
			switch {
			case p.house == other.house:
			case at == 0:
				never++
			default:
				took = append(took, max(p.others[other].reached, other.others[p].reached))
			}
		}
	}
	slices.SortFunc(took, cmp.Compare[time.Duration])
	return took, never
}
