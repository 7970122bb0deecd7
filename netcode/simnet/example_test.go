package simnet_test

import (
	"fmt"
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
