package simnet_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// id names peer n. The network never looks into a name; a game takes a key's.
func id(n byte) peer.ID { return peer.ID{n} }

func ExampleNew() {
	net := simnet.New(simnet.Config{Seed: 1, Weather: weather.Satellite()})
	ann, bob := net.Link(id(1)), net.Link(id(2))

	bob.Bind(peer.Control, func(from peer.ID, b []byte) {
		fmt.Printf("%s after about %v\n", b, net.Now().Round(100*time.Millisecond))
	})
	if err := ann.Send(bob.Self(), peer.Control, []byte("hello")); err != nil {
		fmt.Println(err)
	}
	net.RunFor(time.Second)
	// Output: hello after about 300ms
}

func ExampleNet_Cut() {
	net := simnet.New(simnet.Config{})
	ann, bob := net.Link(id(1)), net.Link(id(2))
	bob.Bind(peer.Moves, func(_ peer.ID, b []byte) { fmt.Println(net.Now(), string(b)) })
	bob.Bind(peer.Chat, func(_ peer.ID, b []byte) { fmt.Println(net.Now(), string(b)) })

	net.Cut(ann.Self(), bob.Self())
	net.After(5*time.Second, func() { net.Heal(ann.Self(), bob.Self()) })
	ann.Send(bob.Self(), peer.Moves, []byte("a move is lost"))
	ann.Send(bob.Self(), peer.Chat, []byte("a chat line waits"))
	net.RunFor(10 * time.Second)
	fmt.Println(net.Count(ann.Self(), bob.Self(), peer.Moves).Lost, "lost")
	// Output:
	// 5s a chat line waits
	// 1 lost
}

func ExampleNet_Freeze() {
	net := simnet.New(simnet.Config{})
	ann, bob := net.Link(id(1)), net.Link(id(2))
	bob.Bind(peer.Moves, func(_ peer.ID, b []byte) { fmt.Println(net.Now(), string(b)) })
	bob.After(time.Second, func() { fmt.Println(net.Now(), "bob's timer of a second") })

	net.Freeze(bob.Self())
	net.After(2*time.Second, func() { ann.Send(bob.Self(), peer.Moves, []byte("are you there?")) })
	net.After(5*time.Second, func() { net.Thaw(bob.Self()) })
	net.RunFor(10 * time.Second)
	// Output:
	// 5s bob's timer of a second
	// 5s are you there?
}

func ExampleNet_Split() {
	net := simnet.New(simnet.Config{Notice: simnet.AtOnce})
	ann, bob, cat := net.Link(id(1)), net.Link(id(2)), net.Link(id(3))

	net.Split([]peer.ID{ann.Self(), bob.Self()}, []peer.ID{cat.Self()})
	fmt.Println(ann.State(bob.Self()), ann.State(cat.Self()))
	net.HealAll()
	fmt.Println(ann.State(bob.Self()), ann.State(cat.Self()))
	// Output:
	// linked linking
	// linked linked
}

func ExampleScenario_Play() {
	story, err := simnet.Parse(`# Bob's line breaks while he says something.
players 2
weather latency=100ms
at 1s do say hello
at 2s cut 1 2
at 3s do say anybody there?
at 5s heal all
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	net := simnet.New(story.Config())
	ann, bob := net.Link(id(1)), net.Link(id(2))
	ann.Bind(peer.Chat, func(_ peer.ID, b []byte) { fmt.Println(net.Now(), string(b)) })
	say := func(words []string) { bob.Send(ann.Self(), peer.Chat, []byte(strings.Join(words, " "))) }

	if err := story.Play(net, []peer.ID{ann.Self(), bob.Self()}, map[string]func([]string){"say": say}); err != nil {
		fmt.Println(err)
	}
	net.RunFor(10 * time.Second)
	// Output:
	// 1.1s hello
	// 5.1s anybody there?
}

// A protocol that does not survive a crash is found by lot; what is left of the
// scenario says why.
func ExampleShrink() {
	stuck := func(s simnet.Scenario) bool {
		net := simnet.New(s.Config())
		var ids []peer.ID
		for i := range s.Players {
			ids = append(ids, id(byte(i+1)))
		}
		// The token goes round from player to player, and here is the mistake:
		// a peer that is dead never hands it on.
		heard := time.Duration(0)
		for i, self := range ids {
			link, next := net.Link(self), ids[(i+1)%len(ids)]
			link.Bind(peer.User, func(_ peer.ID, b []byte) {
				heard = net.Now()
				link.After(100*time.Millisecond, func() { link.Send(next, peer.User, b) })
			})
		}
		if s.Play(net, ids, nil) != nil {
			return false
		}
		net.Link(ids[0]).After(0, func() { net.Link(ids[0]).Send(ids[1], peer.User, []byte("token")) })
		net.RunFor(s.Length)
		return s.Length-heard > 4*time.Second
	}
	for seed := uint64(1); ; seed++ {
		if s := simnet.Generate(seed, simnet.Limits{Crashes: 1, Troubles: 20}); stuck(s) {
			fmt.Println(len(s.Events), "events became")
			fmt.Print(simnet.Shrink(s, stuck))
			return
		}
	}
	// Output:
	// 18 events became
	// # Drawn by lot from seed 1.
	// seed 1
	// players 4
	// length 6.411s
	// weather clear
	// at 0s crash 2
}
