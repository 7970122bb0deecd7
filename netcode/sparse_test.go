package netcode_test

import (
	"fmt"
	"testing"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestSparseSaves: a game that saves only every few frames plays the same match
// as those that save before each predicted frame, and saves less often.
func TestSparseSaves(t *testing.T) {
	for _, every := range []int{2, 4, netcode.MaxSaveEvery} {
		t.Run(fmt.Sprint(every), func(t *testing.T) {
			seeds.Each(t, 5, func(t *testing.T, seed uint64) {
				m := newMatch(t, seed, 3, rough, netcode.Config{InputDelay: netcode.NoDelay})
				sparse := m.players[1]
				counted := &thrifty{}
				counted.game = sparse.game
				sparse.sess = netcode.New[keys](counted, m.net.Link(sparse.id), netcode.Ready(m.match), netcode.Config{
					InputDelay: netcode.NoDelay, SaveEvery: every, Clock: m.net.Now,
				})
				dense := &thrifty{}
				dense.game = m.players[2].game
				m.players[2].sess = netcode.New[keys](dense, m.net.Link(m.players[2].id), netcode.Ready(m.match), netcode.Config{
					InputDelay: netcode.NoDelay, Clock: m.net.Now,
				})
				m.runTo(t, 600, 20e9)
				m.mustAgree(t, 600)
				st := sparse.sess.Stats()
				if st.Rollbacks < 100 || counted.saves == 0 {
					t.Fatalf("%d rollbacks, %d saves", st.Rollbacks, counted.saves)
				}
				if counted.saves*every > dense.saves*2 {
					t.Errorf("saving every %d frames took %d saves, every frame %d", every, counted.saves, dense.saves)
				}
			})
		})
	}
}

// thrifty counts how often it is saved.
type thrifty struct {
	game  *yard
	saves int
}

func (g *thrifty) Start(m peer.Match)          { g.game.Start(m) }
func (g *thrifty) Step(in netcode.Input[keys]) { g.game.Step(in) }
func (g *thrifty) Load(src []byte) error       { return g.game.Load(src) }
func (g *thrifty) Hash() uint64                { return g.game.Hash() }
func (g *thrifty) Save(dst []byte) []byte {
	g.saves++
	return g.game.Save(dst)
}
