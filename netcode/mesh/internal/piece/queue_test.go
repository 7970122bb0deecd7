package piece

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/pace"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const whole, part = 'w', 'p'

// pass hands a frame of a queue to the other end, and returns the message that it
// completes.
func pass(t *testing.T, a *Assembly, frame []byte) []byte {
	t.Helper()
	if frame[0] == whole {
		return frame[1:]
	}
	msg, ok := a.Add(frame[1:])
	if frame[0] != part || !ok {
		t.Fatalf("a good piece is refused: %x", frame[:1+head])
	}
	return msg
}

// TestQueueSendsAll sends messages of all sizes at changing sizes of pieces.
func TestQueueSendsAll(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	var q Queue
	var a Assembly
	var want [][]byte
	sum, inPieces := 0, 0
	for i := range 300 {
		msg := pattern(dice.IntN(peer.MaxMessage+1), byte(i))
		q.Push(msg)
		want, sum = append(want, msg), sum+len(msg)
	}
	if q.Len() != len(want) || q.Bytes() != sum {
		t.Fatalf("%d messages of %d bytes wait; want %d of %d", q.Len(), q.Bytes(), len(want), sum)
	}
	for q.Len() > 0 {
		size := pace.Unit * (1 + dice.IntN(16))
		frame := q.Next(nil, whole, part, size)
		if len(frame) > 1+head+size {
			t.Fatalf("%d bytes where %d may go", len(frame), size)
		}
		q.Sent(size)
		if frame[0] == part {
			inPieces++
		}
		if msg := pass(t, &a, frame); msg != nil {
			if !bytes.Equal(msg, want[0]) {
				t.Fatalf("%d messages before the end another one came out", len(want))
			}
			want = want[1:]
			if frame[0] == part {
				a.Release(msg)
			}
		} else if frame[0] == whole && len(want[0]) == 0 {
			want = want[1:] // an empty message is one
		}
	}
	if len(want) != 0 || q.Bytes() != 0 || len(a.list) != 0 || inPieces < 300 {
		t.Errorf("%d messages did not come, %d bytes wait, %d are there in part, of %d pieces", len(want), q.Bytes(), len(a.list), inPieces)
	}
}

// TestAbandonedMessageMixesWithNone: a message of which a part went goes whole by
// another way, and the next one by the first way again. What came before of the
// first one must neither be taken for the second nor make it junk.
func TestAbandonedMessageMixesWithNone(t *testing.T) {
	var q Queue
	var a Assembly
	first, second := pattern(4*pace.Unit, 1), pattern(4*pace.Unit, 2)
	q.Push(first)
	q.Push(second)
	for range 2 {
		if pass(t, &a, q.Next(nil, whole, part, pace.Unit)) != nil {
			t.Fatal("half of a message is one")
		}
		q.Sent(pace.Unit)
	}
	q.Again()
	if !bytes.Equal(q.Oldest(), first) {
		t.Fatal("the message that did not go is gone")
	}
	q.Pop() // it went by the other way
	var got []byte
	for q.Len() > 0 {
		frame := q.Next(nil, whole, part, pace.Unit)
		q.Sent(pace.Unit)
		if msg := pass(t, &a, frame); msg != nil {
			got = msg
		}
	}
	if !bytes.Equal(got, second) {
		t.Error("two messages are mixed")
	}
}

func TestQueueUsesBuffersAgain(t *testing.T) {
	var q Queue
	msg, frame := pattern(3000, 0), make([]byte, 0, peer.MaxMessage)
	send := func() {
		for range 10 {
			q.Push(msg)
		}
		for q.Len() > 0 {
			frame = q.Next(frame[:0], whole, part, 2*pace.Unit)
			q.Sent(2 * pace.Unit)
		}
	}
	send()
	if n := testing.AllocsPerRun(50, send); n != 0 {
		t.Errorf("%v allocations for ten messages", n)
	}
	for range 3 * maxFree {
		q.Push(msg)
	}
	number := q.number
	if q.Reset(); q.Len() != 0 || q.Bytes() != 0 || q.number != number {
		t.Errorf("after Reset: %d messages, %d bytes", q.Len(), q.Bytes())
	}
}
