package chat

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// yard is a room over a simulated network.
type yard struct {
	t       *testing.T
	net     *simnet.Net
	dice    *rand.Rand
	members []peer.ID
	guests  []*guest
}

// guest is one player: the link the Chat sees, and what came.
type guest struct {
	*yard
	link *simnet.Link
	recv func(from peer.ID, b []byte)
	chat *Chat
	key  peer.Key
	seen []Line
	last uint64
	// Two paths to everyone, as by mesh and by server: chat messages go on
	// peer.Chat or on peer.User. Where doubles, on both; where dying, the link
	// takes them and they never arrive.
	other, doubles, dying bool
	died, doubled         int
}

func newYard(t *testing.T, seed uint64, w weather.Weather) *yard {
	return &yard{t: t, net: simnet.New(simnet.Config{Seed: seed, Weather: w}), dice: rand.New(rand.NewPCG(seed, 7))}
}

func (y *yard) clock() time.Time { return epoch.Add(y.net.Now()) }

// enter brings one more player into the room.
func (y *yard) enter() *guest {
	g := y.come(byte(len(y.guests) + 1))
	y.members = append(y.members, g.Self())
	g.begin()
	return g
}

// come makes a player who is on the network but not in the room.
func (y *yard) come(n byte) *guest {
	g := &guest{yard: y, key: peer.KeyFromSeed([32]byte{n})}
	g.link = y.net.Link(g.key.ID())
	for _, ch := range []peer.Channel{peer.Chat, peer.User} {
		g.link.Bind(ch, func(from peer.ID, b []byte) {
			if g.recv != nil {
				g.recv(from, b)
			}
		})
	}
	y.guests = append(y.guests, g)
	return g
}

// begin starts a chat for the player, or another one after a restart.
func (g *guest) begin() {
	g.seen, g.last = nil, 0
	g.chat = New(g, Config{Clock: g.clock})
}

func (g *guest) Self() peer.ID                                   { return g.key.ID() }
func (g *guest) State(to peer.ID) peer.State                     { return g.link.State(to) }
func (g *guest) Members() []peer.ID                              { return slices.Clone(g.members) }
func (g *guest) Bind(_ peer.Channel, recv func(peer.ID, []byte)) { g.recv = recv }

func (g *guest) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if ch != peer.Chat {
		return errors.New("chat sends on another channel than its own")
	}
	if g.dying {
		g.died++
		return nil
	}
	path := peer.Chat
	if g.other {
		path = peer.User
	}
	err := g.link.Send(to, path, b)
	if err == nil && g.doubles {
		g.doubled++
		_ = g.link.Send(to, peer.Chat+peer.User-path, b)
	}
	return err
}

// say says a line to the room and fails the test if that does not work.
func (g *guest) say(text string) {
	g.t.Helper()
	if err := g.chat.Say(Room, text); err != nil {
		g.t.Fatalf("Say(%q): %v", text, err)
	}
}

func (g *guest) poll() {
	for l := range g.chat.Since(g.last) {
		g.last = l.ID
		g.seen = append(g.seen, l)
	}
}

// run lets the network and everyone's polling go on.
func (y *yard) run(d time.Duration) {
	for end := y.net.Now() + d; y.net.Now() < end; {
		y.net.RunFor(50 * time.Millisecond)
		for _, g := range y.guests {
			if g.chat != nil {
				g.poll()
			}
		}
	}
}

// texts returns what a player saw, in order.
func (g *guest) texts() (list []string) {
	for _, l := range g.seen {
		list = append(list, l.Text)
	}
	return list
}

// from returns what a player saw of one author, in order.
func (g *guest) from(author peer.ID) (list []string) {
	for _, l := range g.seen {
		if l.From == author {
			list = append(list, l.Text)
		}
	}
	return list
}

func (g *guest) want(texts ...string) {
	g.t.Helper()
	if got := g.texts(); !slices.Equal(got, texts) {
		g.t.Errorf("%s saw %q, want %q", g.Self().Short(), got, texts)
	}
}

func bad() weather.Weather {
	return weather.Weather{Latency: 60 * time.Millisecond, Jitter: 80 * time.Millisecond, Loss: weather.Percent(10), Duplicate: weather.Percent(2)}
}

// TestEveryoneSeesEveryLineInOrder: two to eight players on a bad network whose
// paths switch, double and die all the time; at the end everyone has all lines
// of everyone, each once and in order.
func TestEveryoneSeesEveryLineInOrder(t *testing.T) {
	var died, doubled, early int
	var duplicates int64
	for seed := range uint64(21) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			y := newYard(t, seed, bad())
			for range 2 + seed%7 {
				y.enter()
			}
			said := make(map[peer.ID][]string)
			for range 1200 {
				y.run(50 * time.Millisecond)
				for _, g := range y.guests {
					switch y.dice.IntN(100) {
					case 0, 1:
						g.other = !g.other
					case 2:
						g.doubles = !g.doubles
					case 3:
						g.dying = true
					case 4, 5, 6, 7:
						g.dying = false
					case 8, 9:
						text := fmt.Sprint(g.Self().Short(), " ", len(said[g.Self()])+1)
						if err := g.chat.Say(Room, text); err == nil {
							said[g.Self()] = append(said[g.Self()], text)
						} else if !errors.Is(err, ErrTooFast) {
							t.Fatal(err)
						}
					}
					for _, a := range g.chat.authors {
						early += len(a.early)
					}
				}
			}
			for _, g := range y.guests {
				g.dying = false
			}
			y.run(2 * time.Minute)
			for _, g := range y.guests {
				for author, lines := range said {
					if got := g.from(author); len(lines) < 10 || !slices.Equal(got, lines) {
						t.Fatalf("%s saw %q of %s, who said %q", g.Self().Short(), got, author.Short(), lines)
					}
				}
				s := g.chat.Stats()
				if s.Gaps+s.Junk+s.Forged+s.Strangers != 0 {
					t.Errorf("%+v", s)
				}
				died, doubled, duplicates = died+g.died, doubled+g.doubled, duplicates+s.Duplicates
				for _, m := range g.chat.mails {
					if len(m.items) != 0 {
						t.Errorf("%d lines are not acknowledged", len(m.items))
					}
				}
			}
		})
	}
	if died == 0 || doubled == 0 || duplicates == 0 || early == 0 {
		t.Errorf("premise: %d died, %d doubled, %d duplicates, %d early", died, doubled, duplicates, early)
	}
	t.Logf("%d messages died with their path, %d went twice, %d lines came again", died, doubled, duplicates)
}
