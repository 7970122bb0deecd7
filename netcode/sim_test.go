package netcode_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/internal/seeds"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// keys are the held controls of the test game.
type keys struct {
	Left, Right, Fire bool
	Aim               int16
}

// yard is the test game: each seat has a body that its keys push around, and
// all that ever happened goes into a digest. It records the state before each
// frame, so that two machines can be compared frame by frame.
type yard struct {
	pos, vel [peer.MaxSeats]int32
	digest   uint64
	orders   [peer.MaxSeats]uint32 // how many came, per seat
	frame    netcode.Frame

	// Not part of the state:
	seats  int
	hashes []uint64         // hash before frame i, as last computed
	got    [][]delivery     // orders delivered, by frame, as last computed
	status []netcode.Status // of the newest frame
	bad    error
	loads  int
}

type delivery struct {
	seat int
	text string
}

func (y *yard) Start(m peer.Match) { *y = yard{seats: len(m.Seats), digest: m.Seed} }

func (y *yard) Step(in netcode.Input[keys]) {
	if in.Frame != y.frame {
		y.bad = errors.Join(y.bad, fmt.Errorf("stepped frame %d, want %d", in.Frame, y.frame))
	}
	y.hashes = append(y.hashes[:in.Frame], y.Hash())
	y.got = append(y.got[:in.Frame], nil)
	y.status = y.status[:0]
	for i := range in.Seats {
		s := &in.Seats[i]
		y.status = append(y.status, s.Status)
		switch {
		case s.Move.Left:
			y.vel[i]--
		case s.Move.Right:
			y.vel[i]++
		}
		y.pos[i] += y.vel[i] + int32(s.Move.Aim)
		for _, o := range s.Orders {
			y.orders[i]++
			y.digest = y.digest*31 + xxhash.Sum64(o)
			y.got[in.Frame] = append(y.got[in.Frame], delivery{i, string(o)})
		}
		y.digest = y.digest*1099511628211 + uint64(y.pos[i])<<8 + uint64(s.Status)
	}
	y.frame++
}

func (y *yard) Save(dst []byte) []byte {
	for i := range y.pos {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(y.pos[i]))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(y.vel[i]))
		dst = binary.LittleEndian.AppendUint32(dst, y.orders[i])
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(y.frame))
	return binary.LittleEndian.AppendUint64(dst, y.digest)
}

func (y *yard) Load(src []byte) error {
	if len(src) != 12*len(y.pos)+12 {
		return fmt.Errorf("state of %d bytes", len(src))
	}
	y.loads++
	for i := range y.pos {
		y.pos[i] = int32(binary.LittleEndian.Uint32(src[12*i:]))
		y.vel[i] = int32(binary.LittleEndian.Uint32(src[12*i+4:]))
		y.orders[i] = binary.LittleEndian.Uint32(src[12*i+8:])
	}
	src = src[12*len(y.pos):]
	y.frame = netcode.Frame(binary.LittleEndian.Uint32(src))
	y.digest = binary.LittleEndian.Uint64(src[4:])
	return nil
}

func (y *yard) Hash() uint64 {
	var buf [12*peer.MaxSeats + 12]byte
	return xxhash.Sum64(y.Save(buf[:0]))
}

// player is one peer of a simulated match.
type player struct {
	id     peer.ID
	game   *yard
	sess   *netcode.Session[keys]
	dice   weather.Dice
	held   keys
	every  time.Duration // between two Ticks
	events []netcode.Event
	err    error
	dead   bool
	onTick func(p *player)
}

// match is a whole match in virtual time.
type simMatch struct {
	net     *simnet.Net
	match   peer.Match
	players []*player
}

func newMatch(t testing.TB, seed uint64, n int, w weather.Weather, cfg netcode.Config) *simMatch {
	t.Helper()
	m := &simMatch{net: simnet.New(simnet.Config{Seed: seed, Weather: w})}
	var ids []peer.ID
	for i := range n {
		ids = append(ids, peer.KeyFromSeed([32]byte{byte(i + 1)}).ID())
	}
	m.match = peer.NewMatch(seed, ids, nil)
	for i, id := range ids {
		p := &player{id: id, game: &yard{}, dice: weather.NewDice(seed*8 + uint64(i)), every: time.Second / 60}
		c := cfg
		c.Clock = m.net.Now
		p.sess = netcode.New(p.game, m.net.Link(id), netcode.Ready(m.match), c)
		m.players = append(m.players, p)
		m.start(p, p.dice.Below(uint64(20*time.Millisecond)))
	}
	return m
}

// start ticks a player from some time on, for ever.
func (m *simMatch) start(p *player, after uint64) {
	var tick func()
	tick = func() {
		if p.dead {
			return
		}
		if p.dice.Below(6) == 0 {
			p.held = keys{Left: p.dice.Below(2) == 0, Right: p.dice.Below(3) == 0, Aim: int16(p.dice.Below(7)) - 3}
		}
		if p.onTick != nil {
			p.onTick(p)
		}
		p.err = p.sess.Tick(p.held)
		for e := range p.sess.Events() {
			p.events = append(p.events, e)
		}
		m.net.After(p.every, tick)
	}
	m.net.After(time.Duration(after), tick)
}

// runTo runs until every living player has confirmed a frame, at most limit.
func (m *simMatch) runTo(t testing.TB, f netcode.Frame, limit time.Duration) {
	t.Helper()
	for end := m.net.Now() + limit; ; {
		low := netcode.Frame(1 << 30)
		for _, p := range m.players {
			if p.err != nil && !p.dead {
				t.Fatalf("%s: %v", p.id.Short(), p.err)
			}
			if !p.dead {
				low = min(low, p.sess.Stats().Confirmed)
			}
		}
		if low >= f {
			return
		}
		if m.net.Now() >= end {
			for i, p := range m.players {
				t.Logf("player %d: %+v", i, p.sess.Stats())
			}
			t.Fatalf("frame %d not confirmed by all within %v, only %d", f, limit, low)
		}
		m.net.RunFor(100 * time.Millisecond)
	}
}

// mustAgree compares the states of all living players before every frame up to f.
func (m *simMatch) mustAgree(t testing.TB, f netcode.Frame) {
	t.Helper()
	var first *player
	for i, p := range m.players {
		if p.dead {
			continue
		}
		if p.game.bad != nil {
			t.Fatalf("player %d: %v", i, p.game.bad)
		}
		for _, e := range p.events {
			if d, ok := e.(netcode.Desync); ok {
				t.Fatalf("player %d: %v", i, d)
			}
		}
		if first == nil {
			first = p
			continue
		}
		for k := range f {
			if p.game.hashes[k] != first.game.hashes[k] {
				t.Fatalf("before frame %d player %d has another state than the first", k, i)
			}
		}
	}
	distinct := map[uint64]bool{}
	for _, h := range first.game.hashes[:f] {
		distinct[h] = true
	}
	if len(distinct) < int(f)*9/10 {
		t.Fatalf("only %d different states in %d frames: nothing moves", len(distinct), f)
	}
}

var rough = weather.Weather{Latency: 30 * time.Millisecond, Jitter: 20 * time.Millisecond, Loss: weather.Percent(5)}

// TestMatch: 4 peers at 80 ms RTT, 20 ms jitter and 5 % loss play a minute, and
// all machines hold the same state before every frame.
func TestMatch(t *testing.T) {
	const frames = 3600
	for _, mode := range []struct {
		name     string
		rollback int
	}{{"lockstep", netcode.NoRollback}, {"rollback", 8}} {
		t.Run(mode.name, func(t *testing.T) {
			seeds.Each(t, 20, func(t *testing.T, seed uint64) {
				m := newMatch(t, seed, 4, rough, netcode.Config{MaxRollback: mode.rollback})
				m.runTo(t, frames, 3*time.Minute)
				m.mustAgree(t, frames)
				lost := m.net.Total(peer.Moves)
				if lost.Lost*100 < lost.Sent*4 {
					t.Fatalf("only %d of %d datagrams were lost", lost.Lost, lost.Sent)
				}
				for i, p := range m.players {
					st := p.sess.Stats()
					if rolls := st.Rollbacks > 0; rolls != (mode.rollback > 0) || rolls != (p.game.loads > 0) {
						t.Errorf("player %d: %d rollbacks, %d loads", i, st.Rollbacks, p.game.loads)
					}
					if st.Checks < 3*(frames/60-2) {
						t.Errorf("player %d compared only %d hashes", i, st.Checks)
					}
				}
				if seed == 1 {
					st := m.players[0].sess.Stats()
					t.Logf("after %v: %+v", m.net.Now(), st)
				}
			})
		})
	}
}
