package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// testKey returns the key that belongs to a small number.
func testKey(n byte) peer.Key { return peer.KeyFromSeed([peer.SeedSize]byte{n, 0xe5}) }

var testMatch = [16]byte{0: 't', 1: 'u', 15: 9}

// testLog is what one holder wrote into one seat.
type testLog struct {
	key         peer.Key
	seat        int
	incarnation uint32
	entries     [][]byte
}

// newLog returns a log of n entries, the same for the same story up to the
// frame where the story turns.
func newLog(key peer.Key, seat, n, turn int, story string) testLog {
	l := testLog{key: key, seat: seat}
	for f := range n {
		e := fmt.Appendf(nil, "move %d", f*f)
		if f >= turn {
			e = append(e, story...)
		}
		l.entries = append(l.entries, e)
	}
	return l
}

// tag returns the tag of the entries below a frame.
func (l *testLog) tag(frame int) Tag {
	t := Root(testMatch, l.seat, l.key.ID(), l.incarnation)
	for f, e := range l.entries[:frame] {
		t = t.Next(int32(f), e, nil)
	}
	return t
}

// head returns the signed head at a frame.
func (l *testLog) head(frame int) Head {
	return Sign(l.key, Head{
		Match: testMatch, Seat: l.seat, Incarnation: l.incarnation, Frame: int32(frame), Tag: l.tag(frame),
	})
}

// twoStories are two logs that a liar wrote: they part at frame 10.
func twoStories() (told, kept testLog) {
	told = newLog(testKey(1), 2, 90, 10, " up")
	kept = newLog(testKey(1), 2, 90, 10, " down")
	return told, kept
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		t.Errorf("%s: %v; want %v", what, got, want)
	}
}

// TestTagNamesAll changes one thing at a time; every change changes the tag.
func TestTagNamesAll(t *testing.T) {
	id := testKey(1).ID()
	seen := map[Tag]string{}
	add := func(what string, tag Tag) {
		t.Helper()
		if other, twice := seen[tag]; twice {
			t.Errorf("%s and %s have the same tag", what, other)
		}
		seen[tag] = what
	}
	root := Root(testMatch, 0, id, 0)
	add("root", root)
	add("match", Root([16]byte{1}, 0, id, 0))
	add("seat", Root(testMatch, 1, id, 0))
	add("holder", Root(testMatch, 0, testKey(2).ID(), 0))
	add("incarnation", Root(testMatch, 0, id, 1))
	add("entry", root.Next(0, []byte{1}, nil))
	add("no entry", root.Next(0, nil, nil))
	add("zero entry", root.Next(0, []byte{0}, nil))
	add("frame", root.Next(1, []byte{1}, nil))
	add("two entries", root.Next(0, []byte{1}, nil).Next(1, []byte{2}, nil))
	add("one entry of two", root.Next(0, []byte{1, 2}, nil))
	if got, want := root.Next(3, []byte("move"), make([]byte, 0, 64)), root.Next(3, []byte("move"), nil); got != want {
		t.Errorf("with scratch %x; without %x", got, want)
	}
	if got := (Tag{0x78, 0x56, 0x34, 0x12, 0xff}).Short(); got != 0x12345678 {
		t.Errorf("short is %#x", got)
	}
}

// TestNextAllocatesNothing holds Next to what it promises.
func TestNextAllocatesNothing(t *testing.T) {
	tag, entry, scratch := Tag{}, bytes.Repeat([]byte{7}, 100), make([]byte, 0, 140)
	if n := testing.AllocsPerRun(100, func() { tag = tag.Next(1, entry, scratch) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if tag == (Tag{}) {
		t.Error("nothing was hashed")
	}
}
