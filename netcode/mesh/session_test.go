//go:build !js

package mesh

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// pull is a game whose whole state is a digest of all moves.
type pull struct {
	digest uint64
	states []uint64 // before each frame
}

type rope struct{ Pull int8 }

func (g *pull) Start(m peer.Match) { *g = pull{digest: m.Seed} }

func (g *pull) Step(in netcode.Input[rope]) {
	g.states = append(g.states[:in.Frame], g.digest)
	for _, s := range in.Seats {
		g.digest = g.digest*1099511628211 + uint64(uint8(s.Move.Pull)) + uint64(s.Status)<<8
	}
}

func (g *pull) Save(dst []byte) []byte { return binary.LittleEndian.AppendUint64(dst, g.digest) }

func (g *pull) Load(src []byte) error {
	g.digest = binary.LittleEndian.Uint64(src)
	return nil
}

// playOver plays a match over the meshes, which hold its seats, until all have
// confirmed so many frames, and fails unless all machines went through the same
// states and nobody was dropped. each is called between ticks.
func playOver(t *testing.T, ms []*Mesh, frames netcode.Frame, each func(confirmed netcode.Frame)) []netcode.Stats {
	t.Helper()
	var seats []peer.ID
	for _, m := range ms {
		seats = append(seats, m.Self())
	}
	match := peer.NewMatch(5, seats, nil)
	var games []*pull
	var sessions []*netcode.Session[rope]
	for _, m := range ms {
		g := &pull{}
		s := netcode.New(g, m, netcode.Ready(match), netcode.Config{Build: "test", CheckInterval: 30, TickRate: 120})
		defer s.Close()
		games, sessions = append(games, g), append(sessions, s)
	}
	tick := time.NewTicker(4 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * patience)
	for n, low := 0, netcode.Frame(0); low < frames; n++ {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("only %d frames: %v", low, sessions[0].Stats())
		}
		low = frames
		for i, s := range sessions {
			if err := s.Tick(rope{int8(n/7*(i+3)) % 11}); err != nil {
				t.Fatal(err)
			}
			low = min(low, s.Stats().Confirmed)
			for e := range s.Events() {
				switch e.(type) {
				case netcode.Desync, netcode.Left:
					t.Fatal(e)
				}
			}
		}
		each(low)
	}
	var stats []netcode.Stats
	for i, s := range sessions {
		stats = append(stats, s.Stats())
		different := map[uint64]bool{}
		for f := range frames {
			if games[0].states[f] != games[i].states[f] {
				t.Fatalf("before frame %d the states of players 0 and %d differ", f, i)
			}
			different[games[i].states[f]] = true
		}
		if len(different) < int(frames)*9/10 {
			t.Errorf("only %d different states: nothing moves", len(different))
		}
		if stats[i].Checks == 0 {
			t.Errorf("player %d compared no hashes", i)
		}
	}
	return stats
}

// TestSessionsPlayOverTheMesh plays 300 frames of a match, and breaks the
// connection in the middle.
func TestSessionsPlayOverTheMesh(t *testing.T) {
	const frames = 300
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	broken := false
	stats := playOver(t, []*Mesh{b, a}, frames, func(confirmed netcode.Frame) {
		if confirmed >= frames/2 && !broken {
			broken = true
			breakWay(a, b)
		}
	})
	if !broken || stats[0].BadMessages != 0 {
		t.Errorf("broken: %v; %v", broken, stats[0])
	}
}
