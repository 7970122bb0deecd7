//go:build !js && !race

package mesh

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestMovesDoNotAllocate: on a real socket, from Send to the receiver.
func TestMovesDoNotAllocate(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	came := make(chan struct{}, 1)
	b.Bind(peer.Moves, func(peer.ID, []byte) {
		select {
		case came <- struct{}{}:
		default:
		}
	})
	linked(t, a, b)
	conn := a.link(b.Self()).active.conn
	eventually(t, "datagrams", func() bool { return conn.packets() })
	msg := make([]byte, 200)
	n := 1.0
	for try := 0; try < 5 && n > 0; try++ { // on a busy machine a few go by SCTP now and then, which allocates
		n = testing.AllocsPerRun(2000, func() {
			if err := a.Send(b.Self(), peer.Moves, msg); err != nil {
				t.Fatal(err)
			}
			<-came
		})
	}
	if n > 0 {
		t.Errorf("%v allocations per move", n)
	}
	if !conn.packets() {
		t.Error("they went by SCTP in the end")
	}
}
