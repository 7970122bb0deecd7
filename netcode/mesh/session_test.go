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

// TestSessionsPlayOverTheMesh plays 300 frames of a match, and breaks the
// connection in the middle.
func TestSessionsPlayOverTheMesh(t *testing.T) {
	const frames = 300
	h, keys := newHub(), keysInOrder(2)
	match := peer.NewMatch(5, []peer.ID{keys[1].ID(), keys[0].ID()}, nil)
	var ms []*Mesh
	var games []*pull
	var sessions []*netcode.Session[rope]
	for _, k := range keys {
		m, g := open(t, h, k), &pull{}
		ms, games = append(ms, m), append(games, g)
		s := netcode.New(g, m, netcode.Ready(match), netcode.Config{Build: "test", CheckInterval: 30, TickRate: 120})
		defer s.Close()
		sessions = append(sessions, s)
	}
	broken := false
	tick := time.NewTicker(4 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * patience)
	for n := 0; ; n++ {
		low := netcode.Frame(1 << 30)
		for i, s := range sessions {
			if err := s.Tick(rope{int8(n/7*(i+3)) % 11}); err != nil {
				t.Fatal(err)
			}
			low = min(low, s.Stats().Confirmed)
			for e := range s.Events() {
				if d, ok := e.(netcode.Desync); ok {
					t.Fatal(d)
				}
			}
		}
		if low >= frames/2 && !broken {
			broken = true
			breakWay(ms[0], ms[1])
		}
		if low >= frames {
			break
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("only %d frames: %+v", low, sessions[0].Stats())
		}
	}
	different := map[uint64]bool{}
	for f := range frames {
		if games[0].states[f] != games[1].states[f] {
			t.Fatalf("before frame %d the states differ", f)
		}
		different[games[0].states[f]] = true
	}
	if len(different) < frames*9/10 {
		t.Errorf("only %d different states: nothing moves", len(different))
	}
	if st := sessions[0].Stats(); st.Checks == 0 || st.BadMessages != 0 {
		t.Errorf("%+v", st)
	}
}
