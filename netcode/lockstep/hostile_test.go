package lockstep

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

// forged is a datagram with any numbers in it.
func forged(seq uint16, frame uint64, have [3]int64, trouble []byte, sections ...byte) []byte {
	b := append([]byte{}, fuzzTag[:shortTag]...)
	b = append(b, byte(min(len(trouble), 1))|flagWide)
	b = binary.LittleEndian.AppendUint16(b, seq)
	b = append(b, 0xff)
	b = append(b, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(min(frame, 1<<32-1)))
	b = append(b, 0x80) // ahead or slack, the least there is
	for _, h := range have {
		b = binary.AppendVarint(b, h)
	}
	b = append(b, trouble...)
	return append(b, sections...)
}

// TestExtremeNumbers: the largest and smallest numbers that a datagram can hold
// are refused, or believed without harm: the honest members play on.
func TestExtremeNumbers(t *testing.T) {
	const most = uint64(forever / 2)
	top := int64(most)
	section := func(first int64, count byte, entry ...byte) []byte {
		b := binary.AppendVarint([]byte{2}, first)
		return append(append(b, count), entry...)
	}
	move := []byte{codeEntry | codeMove, 2, 7, 7}
	for name, c := range map[string]struct {
		b  []byte
		ok bool
	}{
		"far frame":           {forged(1, most, [3]int64{-top, -top, -top}, nil), true},
		"frame too far":       {forged(1, most+1, [3]int64{}, nil), false},
		"frame of 64 bits":    {forged(1, 1<<63, [3]int64{}, nil), false},
		"claims all of ours":  {forged(1, 0, [3]int64{1 << 29, 0, 0}, nil), false},
		"claims all of all":   {forged(1, 0, [3]int64{0, int64(forever) - 1, int64(forever) - 1}, nil), true},
		"claims overflow":     {forged(1, 5, [3]int64{-5, int64(forever), 0}, nil), false},
		"claims less than 0":  {forged(1, 5, [3]int64{-6, 0, 0}, nil), false},
		"64-bit claim":        {forged(1, 5, [3]int64{-5, -1 << 63, 0}, nil), false},
		"section before 0":    {forged(1, 5, [3]int64{-5, -5, -5}, nil, section(-6, 1, move...)...), false},
		"section beyond":      {forged(1, 5, [3]int64{-5, -5, -5}, nil, section(513, 1, move...)...), false},
		"far section":         {forged(1, most, [3]int64{-top, -top, -top}, nil, section(512, 1, move...)...), true},
		"old section":         {forged(1, most, [3]int64{-top, -top, -top}, nil, section(-512, 1, move...)...), true},
		"section of a ghost":  {forged(1, 5, [3]int64{-5, -5, -5}, nil, 3, 0, 1), false},
		"seat 255":            {forged(1, 5, [3]int64{-5, -5, -5}, nil, 255, 0, 1), false},
		"section of nothing":  {forged(1, 5, [3]int64{-5, -5, -5}, nil, section(0, 0)...), false},
		"section without end": {forged(1, 5, [3]int64{-5, -5, -5}, nil, section(0, 255, move...)...), false},
	} {
		t.Run(name, func(t *testing.T) {
			c0, c1 := fuzzCore(t, 0), fuzzCore(t, 1)
			now := time.Duration(0)
			if err := c0.Receive(now, 2, c.b); (err == nil) != c.ok {
				t.Errorf("Receive: %v", err)
			}
			for range 60 {
				now += time.Second / 60
				c1.Receive(now, 0, tick(c0, now, 1))
				if err := c0.Receive(now, 1, tick(c1, now, 0)); err != nil {
					t.Fatal(err)
				}
			}
			// Member 2 never wrote, so all stand at the end of the window.
			if c0.Held(1) != 11 || c0.Held(2) != 0 || c0.Current() != 8 || c0.Settled() != 0 || c0.Delay() > 4 {
				t.Errorf("held %d and %d, current %d, settled %d, delay %d", c0.Held(1), c0.Held(2), c0.Current(), c0.Settled(), c0.Delay())
			}
		})
	}
}

// TestBlameTheAuthor: who passes on what another wrote wrongly is not muted.
func TestBlameTheAuthor(t *testing.T) {
	entry := func(chunk ...byte) []byte {
		return append([]byte{codeEntry | codeMove | codeChunk, 2, 7, 7, byte(len(chunk))}, chunk...)
	}
	bad := append([]byte{2, 2, 1}, entry(0)...)      // seat 2, frame 1: an order of nothing
	first := append([]byte{2, 0, 1}, entry(1, 5)...) // seat 2, frame 0
	c := fuzzCore(t, 0)
	for n := range uint16(2 * maxBad) {
		// Ahead of the head nothing can be said against it yet.
		if err := c.Receive(0, 2, forged(n, 0, [3]int64{}, nil, bad...)); n == 0 && err != nil {
			t.Fatal(err)
		}
	}
	for n := range uint16(2 * maxBad) { // what is passed on counts while its author is not heard
		if err := c.Receive(time.Second, 1, forged(n, 0, [3]int64{}, nil, first...)); err != nil {
			t.Fatalf("honest datagram %d: %v", n, err)
		}
	}
	if c.Held(2) != 1 {
		t.Errorf("seat 2 is held up to %d", c.Held(2))
	}
	if err := c.Receive(time.Second, 2, forged(99, 0, [3]int64{}, nil, bad...)); !errors.Is(err, ErrMuted) && !errors.Is(err, ErrOrders) {
		t.Errorf("the author: %v", err)
	}
}

// TestNumbersComeAround: a member that was silent for minutes is believed again
// though its datagram numbers have wrapped to before the last one known.
func TestNumbersComeAround(t *testing.T) {
	c := fuzzCore(t, 0)
	c.Receive(0, 1, forged(100, 3, [3]int64{-3, -3, -3}, nil))
	if f := c.members[1].frame; f != 3 {
		t.Fatalf("frame %d", f)
	}
	c.Receive(time.Second, 1, forged(99, 4, [3]int64{-4, -4, -4}, nil))
	if f := c.members[1].frame; f != 3 {
		t.Errorf("an older datagram was believed: frame %d", f)
	}
	c.Receive(10*time.Minute, 1, forged(100+40000, 9, [3]int64{-9, -9, -9}, nil))
	if f := c.members[1].frame; f != 9 {
		t.Errorf("a datagram after 10 minutes was not believed: frame %d", f)
	}
	if lost := c.members[1].lost; lost > 1 {
		t.Errorf("%d datagrams count as lost", lost)
	}
}

// TestSlowFrames: at one frame per second datagrams flow often enough that
// silence still means trouble, and nobody is dropped.
func TestSlowFrames(t *testing.T) {
	cores := make([]*Core, 3)
	for i := range cores {
		c, err := New(Config{
			Tag: fuzzTag, Seats: []int{0, 1, 2}, Members: 3, Self: i, MoveMin: 1, MoveMax: 1,
			Frame: time.Second, InputDelay: 1, DropAfter: 250 * time.Millisecond, IDs: testIDs(3),
		})
		if err != nil {
			t.Fatal(err)
		}
		cores[i] = c
	}
	sent := 0
	for now := time.Duration(0); now < 20*time.Second; now += time.Second / 60 {
		for i, c := range cores {
			c.Advance(now)
			if !c.SendDue(now) {
				continue
			}
			for j, other := range cores {
				if i != j && c.Wants(j) {
					sent++
					other.Receive(now, i, c.Datagram(now, j, nil))
				}
			}
		}
	}
	for i, c := range cores {
		if c.Current() < 19 || c.Epoch() != 0 || c.watcher.suspects|c.watcher.deaf != 0 {
			t.Errorf("core %d: frame %d, epoch %d, suspects %b, deaf %b", i, c.Current(), c.Epoch(), c.watcher.suspects, c.watcher.deaf)
		}
	}
	if perSecond := sent / 20 / 6; perSecond > 25 {
		t.Errorf("%d datagrams a second on each link", perSecond)
	}
}
