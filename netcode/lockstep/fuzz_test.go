package lockstep

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

var fuzzTag = wire.NewTag([16]byte{1}, 0)

func testIDs(n int) (ids []peer.ID) {
	for i := range n {
		ids = append(ids, testKey(i).ID())
	}
	return ids
}

func testKey(i int) peer.Key { return peer.KeyFromSeed([32]byte{byte(i + 1)}) }

func fuzzCore(t testing.TB, self int) *Core {
	c, err := New(Config{
		Tag: fuzzTag, Seats: []int{0, 1, 2, -1}, Members: 3, Self: self, MoveMin: 2, MoveMax: 5,
		Frame: time.Second / 60, InputDelay: 2, Adapt: true, Rollback: 8, CheckInterval: 2, DropAfter: time.Second,
		IDs: testIDs(3), Snapshots: true, Grace: 600, ArchiveBytes: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tick runs one core for a frame time and returns its datagram for a member.
func tick(c *Core, now time.Duration, to int) []byte {
	for _, req := range c.Advance(now) {
		if req.Op == Hash {
			c.Hashed(req.Frame, uint64(req.Frame))
		}
	}
	c.TakeEvents()
	return c.Datagram(now, to, nil)
}

// honest lets three cores play and returns the datagrams that core 0 got from 1.
func honest(t testing.TB, frames int) (got [][]byte) {
	cores := []*Core{fuzzCore(t, 0), fuzzCore(t, 1), fuzzCore(t, 2)}
	for f := range frames {
		now := time.Duration(f) * time.Second / 60
		for i, c := range cores {
			c.SetMove(i, []byte{byte(f / 7), byte(i), byte(f / 3)}[:2+f%2])
			if f%20 == i {
				c.Order(i, make([]byte, 1+f*7))
			}
			for j, other := range cores {
				if j == i {
					continue
				}
				b := tick(c, now, j)
				if i == 1 && j == 0 {
					got = append(got, b)
				}
				if f%9 != 0 {
					other.Receive(now, i, b)
				}
			}
		}
	}
	if cores[0].Confirmed() < Frame(frames-20) {
		t.Fatalf("only %d of %d frames", cores[0].Confirmed(), frames)
	}
	return got
}

// FuzzReceive: whatever a member sends, and however often, nothing panics, an
// honest member's datagrams are still taken, and no frame is lost that was held.
func FuzzReceive(f *testing.F) {
	good := honest(f, 120)
	for i := 0; i < len(good); i += 11 {
		f.Add(good[i], uint16(0), byte(0))
		f.Add(good[i], uint16(9*i), byte(1<<(i%8)))
		f.Add(good[i][:len(good[i])*2/3], uint16(0), byte(0))
	}
	f.Fuzz(func(t *testing.T, b []byte, at uint16, flip byte) {
		c := fuzzCore(t, 0)
		now := time.Duration(0)
		broken := append(append([]byte{}, fuzzTag[:]...), b...)
		if len(b) > 4 {
			broken = append(broken[:0], b...)
			copy(broken, fuzzTag[:])
			broken[int(at)%len(broken)] ^= flip
		}
		before := [4]Frame{}
		for n, g := range good[:min(40, len(good))] {
			now += time.Second / 60
			c.Receive(now, 1, g)
			if n%3 == 0 {
				c.Receive(now, 1+n%2, broken)
			}
			tick(c, now, 2)
			for s := range before {
				if c.Held(s) < before[s] {
					t.Fatalf("seat %d: head fell from %d to %d", s, before[s], c.Held(s))
				}
				before[s] = c.Held(s)
			}
			if c.Settled() > c.Confirmed() || c.Current() > c.Confirmed()+8 {
				t.Fatalf("settled %d, confirmed %d, current %d", c.Settled(), c.Confirmed(), c.Current())
			}
		}
	})
}
