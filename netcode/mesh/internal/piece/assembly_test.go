package piece

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/pace"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// pattern is a message that tells its bytes apart.
func pattern(n int, salt byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i) ^ byte(i>>8) ^ salt
	}
	return b
}

// TestPiecesMakeTheMessage cuts messages in every way a sender may and shuffles
// the pieces of several.
func TestPiecesMakeTheMessage(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		var p Assembly
		want := map[uint16][]byte{}
		var list [][]byte
		for n := range uint16(5) {
			number := n + uint16(round) + 65533 // wraps
			msg := pattern(pace.Unit+1+dice.IntN(peer.MaxMessage-pace.Unit), byte(n))
			want[number] = msg
			for from := 0; from < len(msg); {
				most := min(16, (len(msg)-1)/pace.Unit) // never the whole
				to := min(from+pace.Unit*(1+dice.IntN(most)), len(msg))
				list = append(list, appendPiece(nil, number, msg, from, to))
				from = to
			}
		}
		dice.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		got := 0
		for _, b := range list {
			msg, ok := p.Add(b)
			if !ok {
				t.Fatalf("a good piece is refused: %x", b[:head])
			}
			if msg != nil {
				got++
				if number := uint16(b[0]) | uint16(b[1])<<8; !bytes.Equal(msg, want[number]) {
					t.Fatalf("message %d came out changed", number)
				}
				p.Release(msg)
			}
		}
		if got != len(want) || len(p.list) != 0 {
			t.Fatalf("%d of %d messages came out, %d are left", got, len(want), len(p.list))
		}
	}
}

func TestPiecesAreBounded(t *testing.T) {
	var p Assembly
	msg := pattern(peer.MaxMessage, 0)
	for n := range uint16(maxPartials) {
		if _, ok := p.Add(appendPiece(nil, n, msg, 0, pace.Unit)); !ok {
			t.Fatalf("piece %d is refused", n)
		}
	}
	if _, ok := p.Add(appendPiece(nil, maxPartials, msg, 0, pace.Unit)); ok {
		t.Error("one message more than allowed is begun")
	}
	if _, ok := p.Add(appendPiece(nil, 0, msg, 0, pace.Unit)); ok {
		t.Error("a piece is taken twice")
	}
	if _, ok := p.Add(appendPiece(nil, 0, msg[:8<<10], pace.Unit, 2*pace.Unit)); ok {
		t.Error("two sizes of one message")
	}
	if _, ok := p.Add(appendPiece(nil, 0, msg, 0, len(msg))); ok {
		t.Error("a piece that is the whole message")
	}
}

// FuzzAssembly: whatever comes, memory is bounded and what comes out was put in.
func FuzzAssembly(f *testing.F) {
	msg := pattern(3000, 1)
	f.Add(append(appendPiece(nil, 1, msg, 0, 2048), appendPiece(nil, 1, msg, 2048, 3000)...), uint16(2052))
	f.Add(appendPiece(nil, 1, msg, 2048, 3000), uint16(10))
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		var p Assembly
		in := 0
		for len(b) > 0 {
			n := min(len(b), int(cut)+1)
			piece := b[:n]
			b = b[n:]
			msg, ok := p.Add(piece)
			if in += len(piece); msg != nil {
				if !ok || len(msg) > in || len(msg) > peer.MaxMessage || len(msg) <= pace.Unit {
					t.Fatalf("%d bytes came out of %d", len(msg), in)
				}
				p.Release(msg)
			}
			if len(p.list) > maxPartials || len(p.free) > 4 {
				t.Fatalf("%d messages are held", len(p.list))
			}
		}
	})
}
