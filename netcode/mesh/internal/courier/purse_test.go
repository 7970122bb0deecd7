package courier

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

func TestBudgetRefills(t *testing.T) {
	var b Budget
	took := 0
	for b.Take(time.Second) {
		took++
	}
	if took != Most {
		t.Errorf("%d at once, want %d", took, Most)
	}
	if b.Take(time.Second+Every/2) || !b.Take(time.Second+Every+1) || b.Take(time.Second+Every+1) {
		t.Error("it does not refill by one each half second")
	}
	took = 0
	for b.Take(time.Hour) {
		took++
	}
	if took != Most {
		t.Errorf("%d after a long time, want %d", took, Most)
	}
}

// TestPursesAreBounded: couriers that left lose theirs, the server and the members
// keep what they have spent.
func TestPursesAreBounded(t *testing.T) {
	const most = 8
	var p Purses
	server, friend := peer.ID{}, id(1)
	member := func(x peer.ID) bool { return x == friend }
	for _, x := range []peer.ID{server, friend} {
		for p.Of(x, most, member).Letters.Take(time.Second) {
		}
	}
	for n := range byte(5 * most) {
		p.Of(id(n+2), most, member)
		if len(p.of) > most {
			t.Fatalf("%d purses; want at most %d", len(p.of), most)
		}
	}
	for _, x := range []peer.ID{server, friend} {
		if p.Of(x, most, member).Letters.Take(time.Second) {
			t.Errorf("%v has a new purse", x)
		}
	}
	if x := p.Of(id(2), most, member); !x.Letters.Take(time.Second) || !x.Addresses.Take(time.Second) || !x.Hellos.Take(time.Second) {
		t.Error("a new purse is empty")
	}
}

func id(n byte) peer.ID { return peer.KeyFromSeed([peer.SeedSize]byte{n}).ID() }
