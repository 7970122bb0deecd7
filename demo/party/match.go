package party

import (
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Build tells apart versions of the rules: players of different ones refuse each
// other.
const Build = "ricochet/1"

// Match is one match with the session that steps it. It belongs to one goroutine.
type Match struct {
	// World is what there is to see. Nobody but the session changes it.
	World *sim.World

	sess *netcode.Session[sim.Keys]
	game *recorded
	id   [16]byte
	news []netcode.Event
}

// Alone returns a match that is played on this machine only, with bots in all
// seats but the one of the match's single player.
func Alone(m peer.Match) *Match { return newMatch(nil, netcode.Ready(m)) }

func newMatch(l peer.Link, s netcode.Starter) *Match {
	g := &recorded{}
	return &Match{World: &g.World, game: g, sess: netcode.New(g, l, s, netcode.Config{Build: Build})}
}

// Tick steps what is due with the keys as they are held now. Its error is fatal.
func (m *Match) Tick(k sim.Keys) error {
	err := m.sess.Tick(k)
	st := m.sess.Stats()
	m.game.settle(min(st.HashFrame, st.Settled)) // what is only confirmed changes for a player who is dropped
	for e := range m.sess.Events() {
		if begun, ok := e.(netcode.Started); ok {
			m.id = begun.Match.ID
		}
		m.news = append(m.news, e)
	}
	return err
}

// News returns what happened since it was last called.
func (m *Match) News() []netcode.Event {
	news := m.news
	m.news = nil
	return news
}

// Stats returns the numbers of the session.
func (m *Match) Stats() netcode.Stats { return m.sess.Stats() }

// ID names the match; zero before it runs.
func (m *Match) ID() [16]byte { return m.id }

// Runs reports whether frames are stepped: everybody is here.
func (m *Match) Runs() bool { return m.sess.Stats().Phase == netcode.Running }

// Hashes returns the settled hash of every 60th frame since the beginning,
// oldest first. It is for reading.
func (m *Match) Hashes() []Hash { return m.game.sure }

// Seat returns the player's own seat, -1 before the match runs.
func (m *Match) Seat() int {
	st := m.sess.Stats()
	for seat := range st.Seats {
		if st.Seat[seat].Local {
			return seat
		}
	}
	return -1
}

// Emote shows an emote, 1 to [sim.Emotes], over the player's ship.
func (m *Match) Emote(n int) error { return m.sess.Order(m.Seat(), sim.EmoteOrder(n)) }

// Close leaves the match and waits until the others know, at most 250 ms.
func (m *Match) Close() error { return m.sess.Close() }
