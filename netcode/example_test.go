package netcode_test

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
)

// Pad is what a player holds down.
type Pad struct{ Right bool }

// Race is a complete game: whoever holds right runs, an order is a jump.
type Race struct{ X, Jumps []int }

func (r *Race) Start(m peer.Match) {
	*r = Race{X: make([]int, len(m.Seats)), Jumps: make([]int, len(m.Seats))}
}

func (r *Race) Step(in netcode.Input[Pad]) {
	for i, seat := range in.Seats {
		if seat.Move.Right {
			r.X[i]++
		}
		r.Jumps[i] += len(seat.Orders)
	}
}

func ExampleLocal() {
	race, now := &Race{}, time.Duration(0)
	sess := netcode.Local(race, 2, netcode.Config{
		Clock: func() time.Duration { return now }, // leave it out in a game
	})
	for range 60 { // a second of Update calls
		if err := sess.Tick(Pad{Right: true}, Pad{}); err != nil {
			fmt.Println(err)
		}
		now += time.Second / 60
	}
	fmt.Println(race.X, sess.Stats().Frame, sess.Close())
	// Output: [60 0] 60 <nil>
}

func ExampleNew() {
	// Two players on a network in memory. In a game the link is a mesh, and a
	// lobby room says what match is played.
	ann, bo := peer.KeyFromSeed([32]byte{1}).ID(), peer.KeyFromSeed([32]byte{2}).ID()
	net := simnet.New(simnet.Config{})
	match := netcode.Ready(peer.NewMatch(1, []peer.ID{ann, bo}, nil))
	cfg := netcode.Config{Clock: net.Now, InputDelay: 2}
	races := [2]Race{}
	sessions := []*netcode.Session[Pad]{
		netcode.New(&races[0], net.Link(ann), match, cfg),
		netcode.New(&races[1], net.Link(bo), match, cfg),
	}
	for sessions[0].Stats().Frame < 100 || sessions[1].Stats().Frame < 100 {
		for i, sess := range sessions {
			if err := sess.Tick(Pad{Right: i == 1}); err != nil {
				fmt.Println(err)
			}
		}
		net.RunFor(time.Second / 60)
	}
	fmt.Println(races[0].X[0] == 0, races[0].X[1] > 90, races[1].X[1] > 90)
	// Output: true true true
}

func ExampleSession_Order() {
	race, now := &Race{}, time.Duration(0)
	sess := netcode.Local(race, 1, netcode.Config{Clock: func() time.Duration { return now }})
	fmt.Println(sess.Order(0, []byte("jump")))
	for range 60 {
		sess.Tick(Pad{})
		if sess.Stats().Frame == 10 {
			fmt.Println(sess.Order(0, []byte("jump"))) // exactly once, though Tick may step 0 or 3 frames
		}
		now += time.Second / 60
	}
	fmt.Println(race.Jumps)
	// Output:
	// netcode: the match has not begun
	// <nil>
	// [1]
}

func ExampleSession_Events() {
	ann, bo := peer.KeyFromSeed([32]byte{1}).ID(), peer.KeyFromSeed([32]byte{2}).ID()
	net := simnet.New(simnet.Config{})
	match := netcode.Ready(peer.NewMatch(1, []peer.ID{ann, bo}, nil))
	cfg := netcode.Config{Clock: net.Now}
	a := netcode.New(&Race{}, net.Link(ann), match, cfg)
	b := netcode.New(&Race{}, net.Link(bo), match, cfg)
	for tick := range 120 {
		a.Tick(Pad{})
		if tick == 60 {
			b.Leave()
		}
		b.Tick(Pad{})
		net.RunFor(time.Second / 60)
		for e := range a.Events() {
			switch e := e.(type) {
			case netcode.Started:
				fmt.Println("go!", len(e.Match.Seats), "players")
			case netcode.Left:
				fmt.Println("the other left, seats", e.Seats, "are free")
			}
		}
	}
	// Output:
	// go! 2 players
	// the other left, seats [1] are free
}
