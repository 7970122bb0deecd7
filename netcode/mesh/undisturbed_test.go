//go:build !js

package mesh

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestMatchIsNotDisturbed: while three play, a member of the room without a seat
// sends junk on every channel and every lane, and whoever carries the signalling
// makes up letters and replays theirs with another fingerprint. The match goes
// on: same states, nobody dropped, no link between the three lost.
func TestMatchIsNotDisturbed(t *testing.T) {
	// In virtual time: a busy machine disturbs a match, too.
	inLab(t, 4, 1, func(t *testing.T, x *field) { matchIsNotDisturbed(t, x) })
}

func matchIsNotDisturbed(t *testing.T, x *field) {
	const frames = 400
	h := x.hub
	dice := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	var seen []letter.Letter // offers and answers of the players
	h.setTap(func(_, _ peer.ID, b []byte) [][]byte {
		if l, err := letter.Parse(b); err == nil && (l.Kind == letter.Offer || l.Kind == letter.Answer) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, l)
		}
		return [][]byte{b}
	})
	x.enterAll(4)
	players, villain := x.ms[:3], x.ms[3]

	junk := func(most int) []byte {
		b := make([]byte, 1+dice.IntN(most))
		for i := range b {
			b[i] = byte(dice.Uint32())
		}
		return b
	}
	var events []Event
	sent := [peer.Channels]int{}
	forged := 0
	stats := playOver(t, players, frames, func(netcode.Frame) {
		to := players[dice.IntN(len(players))]
		for ch := range peer.Channels {
			if villain.Send(to.Self(), ch, junk(peer.MaxDatagram)) == nil {
				sent[ch]++
			}
		}
		if dice.IntN(20) == 0 {
			_ = raw(t, villain, to, lane(dice.IntN(int(lanes))), dice.IntN(2) == 0, junk(500))
		}
		from := players[dice.IntN(len(players))]
		h.inject(from.Self(), to.Self(), junk(300))
		mu.Lock()
		l := seen[dice.IntN(len(seen))]
		mu.Unlock()
		l.SDP = otherPrint(l.SDP)
		l.Fingerprint = mustPrint(l.SDP)
		h.inject(from.Self(), to.Self(), l.Append(nil))
		forged++
		for _, m := range players {
			for e := range m.Events() {
				events = append(events, e)
			}
		}
	})

	for ch, n := range sent {
		if n < 10 {
			t.Errorf("only %d pieces of junk went out on %v", n, peer.Channel(ch))
		}
	}
	told := 0
	for _, e := range events {
		switch e := e.(type) {
		case Unlinked:
			if e.Peer != villain.Self() {
				t.Errorf("a link between players was lost: %v", e)
			}
		case *ForgedError:
			told++
		}
	}
	refused := int64(0)
	for i, m := range players {
		st := m.Stats()
		refused += st.Forged + st.BadLetters + st.StaleLetters + st.FloodedLetters
		for _, other := range players {
			if m != other && m.State(other.Self()) != peer.Linked {
				t.Errorf("players %s and %s are not linked any more", m.Self().Short(), other.Self().Short())
			}
		}
		if stats[i].Confirmed < frames {
			t.Errorf("player %d: %v", i, stats[i])
		}
	}
	if refused < int64(forged)/2 {
		t.Errorf("only %d letters were refused, %d were forged and as many made up", refused, forged)
	}
	t.Logf("junk %v, %d letters forged, %d refused, %d told of as forgeries", sent, forged, refused, told)
}
