package sim_test

import (
	"fmt"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// One player who only ever flies right, among three bots.
func Example() {
	var w sim.World
	w.Start(peer.NewMatch(7, []peer.ID{{1}}, nil))
	in := netcode.Input[sim.Keys]{Seats: []netcode.Seat[sim.Keys]{
		{Move: sim.Keys{Right: true}, Status: netcode.Playing},
	}}
	for w.Phase() != sim.Result {
		w.Step(in)
	}
	fmt.Println(w.Ships(), "ships,", w.StateSize(), "bytes,", w.Phase(), w.Clock())
	// Output: 4 ships, 135 bytes, result 0
}
