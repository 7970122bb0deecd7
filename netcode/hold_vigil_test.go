package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// roundTrip is that of the ordinary network.
const roundTrip = 60 * time.Millisecond

// vigil is a match at which players die, and what the survivors make of it.
type vigil struct {
	net   *simnet.Net
	dice  weather.Dice
	match peer.Match
	heirs []*heir
	tune  func(i int, cfg *netcode.Config)

	signs, talks bool
	weather      weather.Weather
	// first is when a survivor first promised to drop somebody; 0 is not yet.
	first    time.Duration
	proposer int // that survivor
	// onFirst is called then, after the tick of that survivor.
	onFirst func()
}

// heir is a player of a vigil.
type heir struct {
	id      peer.ID
	game    *ledger
	sess    *netcode.Session[keys]
	gate    *sluice
	dice    weather.Dice
	held    keys
	talks   bool // gives large orders all the time
	dead    bool
	died    time.Duration // when it did
	err     error
	dropped bool // it is told that the others went on without it
	events  []netcode.Event
	onTick  func()
	onDeath func()

	suspects  [peer.MaxSeats]bool          // by the index in heirs
	suspected [peer.MaxSeats]time.Duration // since when
	entered   [4]time.Duration             // when each epoch began
}

// newVigil makes a match of n players that runs once the net does. In every
// fourth all give large orders, so that datagrams are full.
func newVigil(seed uint64, n int, signs bool, w weather.Weather) *vigil {
	return newTuned(seed, n, signs, w, func(int, *netcode.Config) {})
}

// newTuned is newVigil with players whose settings tune changes.
func newTuned(seed uint64, n int, signs bool, w weather.Weather, tune func(i int, cfg *netcode.Config)) *vigil {
	v := &vigil{net: simnet.New(simnet.Config{Seed: seed, Weather: w}), dice: weather.NewDice(seed), tune: tune, signs: signs, weather: w}
	var ids []peer.ID
	for i := range n {
		ids = append(ids, playerID(i))
	}
	v.match = peer.NewMatch(seed, ids, nil)
	v.talks = v.dice.Below(4) == 0
	v.heirs = make([]*heir, n)
	for i := range n {
		v.enter(i)
	}
	return v
}

// enter starts a process of a player; an earlier one ends without a word.
func (v *vigil) enter(i int) {
	h := &heir{id: v.match.Peers()[i], game: &ledger{}, dice: weather.NewDice(v.dice.Uint64()), talks: v.talks}
	h.game.quiet = true
	cfg := netcode.Config{DropAfter: dropAfter, Clock: v.net.Now}
	if v.signs {
		cfg.Key = peer.KeyFromSeed([32]byte{byte(i + 1)})
	}
	v.tune(i, &cfg)
	h.gate = &sluice{Link: v.net.Link(h.id)}
	h.sess = netcode.New(h.game, h.gate, netcode.Ready(v.match), cfg)
	if old := v.heirs[i]; old != nil {
		old.dead = true
	}
	v.heirs[i] = h
	v.net.After(time.Duration(h.dice.Below(uint64(20*time.Millisecond))), func() { v.beat(i, h) })
}

// beat ticks a player, sixty times a second, and writes down what changed.
func (v *vigil) beat(i int, h *heir) {
	if h.dead {
		return
	}
	v.net.After(time.Second/60, func() { v.beat(i, h) })
	if h.dice.Below(6) == 0 {
		h.held = keys{Left: h.dice.Below(2) == 0, Right: h.dice.Below(3) == 0, Aim: int16(h.dice.Below(7)) - 3}
	}
	if h.talks && h.sess.Stats().OrderBytesWaiting < 2000 {
		_ = h.sess.Order(i, make([]byte, 900)) // refused before the match began
	}
	bad := h.game.bad
	h.err = h.sess.Tick(h.held)
	for e := range h.sess.Events() {
		h.events = append(h.events, e)
		if isOwn(e) {
			h.dropped = true
			h.game.bad = bad // it may have rewound in this very tick
			h.game.reopen()
		}
	}
	st := h.sess.Stats()
	h.game.seal(st.Confirmed, st.Settled)
	for _, p := range st.Peer[:st.Peers] {
		o := v.indexOf(p.ID)
		if p.Suspected && !h.suspects[o] {
			h.suspected[o] = v.net.Now()
		}
		h.suspects[o] = p.Suspected
	}
	for e := 1; e <= min(st.Epoch, len(h.entered)-1); e++ {
		if h.entered[e] == 0 {
			h.entered[e] = v.net.Now()
		}
	}
	if h.onTick != nil {
		h.onTick()
	}
	if v.first == 0 {
		if state := h.sess.Agreement(); state == epoch.Promised || state == epoch.Voted {
			v.first, v.proposer = v.net.Now(), i
			if v.onFirst != nil {
				v.onFirst()
			}
		}
	}
}

func (v *vigil) indexOf(id peer.ID) int {
	for i, h := range v.heirs {
		if h.id == id {
			return i
		}
	}
	return -1
}

// begin runs until all have confirmed a frame, and a moment longer.
func (v *vigil) begin(t testing.TB, f netcode.Frame) {
	t.Helper()
	for v.low(func(*heir) bool { return true }) < f {
		if v.net.Now() > 10*time.Second {
			v.dump(t)
			t.Fatalf("frame %d was not reached", f)
		}
		v.net.RunFor(50 * time.Millisecond)
	}
	v.net.RunFor(time.Duration(v.dice.Below(uint64(50 * time.Millisecond))))
}

// low returns what all have confirmed that are wanted.
func (v *vigil) low(want func(h *heir) bool) netcode.Frame {
	low := netcode.Frame(1 << 30)
	for _, h := range v.heirs {
		if want(h) {
			low = min(low, h.sess.Stats().Confirmed)
		}
	}
	return low
}

// until runs until done, at most limit, and fails after that.
func (v *vigil) until(t testing.TB, what string, limit time.Duration, done func() bool) {
	t.Helper()
	for end := v.net.Now() + limit; !done(); v.net.RunFor(10 * time.Millisecond) {
		if v.net.Now() >= end {
			v.dump(t)
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}

// mute loses every move from one player to another for a while.
func (v *vigil) mute(from, to int, span time.Duration) {
	v.shape(from, to, weather.Weather{Latency: v.weather.Latency, Loss: weather.Percent(100)})
	if span > 0 {
		v.net.After(span, func() { v.shape(from, to, v.weather) })
	}
}

func (v *vigil) shape(from, to int, w weather.Weather) {
	if err := v.net.Shape(v.heirs[from].id, v.heirs[to].id, w); err != nil {
		panic(err) // a mistake of the test
	}
}

// die ends a player; what it sent is still under way.
func (v *vigil) die(i int) {
	h := v.heirs[i]
	if h.dead {
		return
	}
	h.dead, h.died = true, v.net.Now()
	v.net.Crash(h.id)
	if h.onDeath != nil {
		h.onDeath()
	}
}

// inherit runs on until the living have buried the dead, within limit, and
// played on together, then asserts that they have one history, which contains what is settled
// anywhere, and that it was never changed. It returns how many moves of the dead
// it has.
func (v *vigil) inherit(t testing.TB, limit time.Duration) (ends map[peer.ID]netcode.Frame) {
	t.Helper()
	stays := func(h *heir) bool { return !h.dead && !h.dropped }
	buried := func() bool {
		for _, h := range v.heirs {
			if !stays(h) {
				continue
			}
			st := h.sess.Stats()
			for _, p := range st.Peer[:st.Peers] {
				if v.heirs[v.indexOf(p.ID)].dead && !p.Gone {
					return false
				}
			}
		}
		return true
	}
	v.until(t, "the dead are dropped", limit, buried)
	from := netcode.Frame(0)
	for _, h := range v.heirs {
		if stays(h) {
			from = max(from, h.sess.Stats().Frame)
		}
	}
	v.until(t, "the survivors play on", 1500*time.Millisecond, func() bool { return v.low(stays) >= from+20 })
	return v.mustBeOne(t)
}

func (v *vigil) mustBeOne(t testing.TB) map[peer.ID]netcode.Frame {
	t.Helper()
	var first *heir
	ends := map[peer.ID]netcode.Frame{}
	for i, h := range v.heirs {
		if h.err != nil && !h.dead || h.game.bad != nil || h.game.yard.bad != nil {
			v.dump(t)
			t.Fatalf("player %d: %v; %v; %v", i, h.err, h.game.bad, h.game.yard.bad)
		}
		if h.dead {
			continue
		}
		if first == nil && !h.dropped {
			first = h
		}
		for _, e := range h.events {
			switch e := e.(type) {
			case netcode.Desync:
				v.dump(t)
				t.Fatalf("player %d: %v", i, e)
			case netcode.Dropped:
				if f, known := ends[e.Peer]; known && f != e.Frame && !e.Own {
					v.dump(t)
					t.Fatalf("player %d: %v; another one: frame %d", i, e, f)
				} else if !e.Own {
					ends[e.Peer] = e.Frame
				}
			}
		}
	}
	if first == nil {
		v.dump(t)
		t.Fatal("nobody is left")
	}
	for i, h := range v.heirs {
		upTo := len(h.game.sealed)
		if h.dead {
			upTo = int(h.game.settled)
		}
		upTo = min(upTo, len(first.game.sealed))
		for f := range upTo {
			if h.game.sealed[f] != first.game.sealed[f] {
				v.dump(t)
				t.Fatalf("player %d of another history: frame %d with %x, not %x; %d are settled", i, f, h.game.sealed[f], first.game.sealed[f], h.game.settled)
			}
		}
	}
	states := map[uint64]bool{}
	for _, l := range first.game.sealed {
		states[l.state] = true
	}
	if len(states) < len(first.game.sealed)*9/10 {
		t.Fatalf("only %d states in %d frames: nothing moves", len(states), len(first.game.sealed))
	}
	if v.net.Total(peer.Moves).Lost == 0 {
		t.Fatal("nothing was lost")
	}
	return ends
}

// rollbacks returns how often the players corrected a prediction.
func (v *vigil) rollbacks() (n int) {
	for _, h := range v.heirs {
		n += h.sess.Stats().Rollbacks
	}
	return n
}

// dump logs what each player sees.
func (v *vigil) dump(t testing.TB) {
	t.Helper()
	for i, h := range v.heirs {
		t.Logf("player %d, dead %v, error %v, %v: %v\n%s", i, h.dead, h.err, h.game.bad, h.sess.Stats(), h.sess.Debug())
		for _, e := range h.events {
			t.Logf("  %T: %v", e, e)
		}
	}
}
