package lobby

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestEventsAreBoundedAndSaySo fills the queue of a room that nobody reads.
func TestEventsAreBoundedAndSaySo(t *testing.T) {
	r := Join(Config{Key: peer.KeyFromSeed([32]byte{1})}) // ends at once, with one event
	defer r.Close()
	const more = 10
	r.mu.Lock()
	for range maxEvents + more - 1 {
		r.tell(ServerBack{})
	}
	r.tell(Reopened{})
	r.mu.Unlock()
	var got []Event
	for e := range r.Events() {
		got = append(got, e)
	}
	if len(got) != maxEvents+1 || got[0] != (Skipped{more + 1}) || got[len(got)-1] != (Reopened{}) {
		t.Errorf("%d events, from %v to %v", len(got), got[0], got[len(got)-1])
	}
	for range r.Events() {
		t.Error("an event was told twice")
	}
}
