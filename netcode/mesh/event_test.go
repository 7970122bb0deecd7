package mesh

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

func testID(n byte) peer.ID { return peer.KeyFromSeed([peer.SeedSize]byte{n}).ID() }

func TestEventsAreBounded(t *testing.T) {
	var q events
	for range 3 * maxForged {
		q.put(&ForgedError{From: testID(1), Field: "nonce"})
	}
	for range maxEvents {
		q.put(Linked{Peer: testID(2)})
	}
	list := q.take()
	if _, ok := list[0].(Missed); !ok || len(list) != maxEvents+1 {
		t.Fatalf("%d events, the first is %v", len(list), list[0])
	}
	for _, e := range list[1:] {
		if _, ok := e.(Linked); !ok {
			t.Fatalf("forgeries pushed news out: %v", e)
		}
	}
	if len(q.take()) != 0 || q.forged != 0 {
		t.Error("taken twice")
	}
}
