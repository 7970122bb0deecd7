package chat_test

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
)

// room is a simulated link with a list of who is there; in a game a
// lobby.Room takes its place.
type room struct {
	*simnet.Link
	members []peer.ID
}

func (r room) Members() []peer.ID { return append([]peer.ID(nil), r.members...) }

func ExampleNew() {
	net := simnet.New(simnet.Config{})
	names := map[peer.ID]string{{1}: "Ann", {2}: "Bo"}
	ids := []peer.ID{{1}, {2}}
	ann := chat.New(room{net.Link(ids[0]), ids}, chat.Config{})
	bo := chat.New(room{net.Link(ids[1]), ids}, chat.Config{})

	if err := ann.Say(chat.Room, "good luck!"); err != nil {
		fmt.Println(err)
	}
	net.RunFor(time.Second)
	var last uint64
	for line := range bo.Since(last) { // once per frame
		last = line.ID
		fmt.Printf("%s: %s\n", names[line.From], line.Text)
	}
	// Output: Ann: good luck!
}
