package lockstep

import (
	"bytes"
	"testing"

	"github.com/tuttiplay/tutti/netcode/weather"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// randomEntry draws an entry as an honest author might write it.
func randomEntry(dice *weather.Dice, f Frame, moveMin, moveMax int) Entry {
	move := make([]byte, moveMin+int(dice.Below(uint64(moveMax-moveMin+1))))
	for i := range move {
		move[i] = byte(dice.Below(2)) // repeats often
	}
	e := Entry{Move: move}
	if dice.Below(5) == 0 {
		e.Chunk = []byte("\x03abc")
	}
	if dice.Below(7) == 0 && f > 0 {
		e.CheckFrame, e.Check = 1+Frame(dice.Below(uint64(f))), dice.Uint64()
	}
	if dice.Below(8) == 0 && f > 0 {
		e.SumFrame, e.Sum = 1+Frame(dice.Below(uint64(f))), uint32(dice.Uint64())
	}
	if dice.Below(20) == 0 {
		e.Command = Command{Kind: JoinCommand, Member: 3, Incarnation: 7, Sig: make([]byte, sigSize)}
	}
	return e
}

// TestSectionRoundTrip: what was written is read, whatever the moves, wherever
// the section begins and however little room it had.
func TestSectionRoundTrip(t *testing.T) {
	dice := weather.NewDice(1)
	for range 2000 {
		low := int(dice.Below(4))
		high := low + int(dice.Below(3))
		var l seatLog
		l.init([16]byte{}, 0, 0, testIDs(1)[0])
		n := Frame(1 + dice.Below(140))
		for f := range n {
			e := randomEntry(&dice, f, low, high)
			if !l.put(f, &e) {
				t.Fatal("an honest entry was refused")
			}
		}
		from := Frame(dice.Below(uint64(n)))
		base := from + Frame(dice.Below(40)) - 20
		limit := int(dice.Below(400))
		w := writer{limit: limit, moveMin: low, moveMax: high}
		to := w.section(3, &l, base, from, n, false)
		if len(w.b) > limit {
			t.Fatalf("%d bytes in a section of at most %d", len(w.b), limit)
		}
		if to == from {
			if len(w.b) != 0 {
				t.Fatal("an empty section left bytes")
			}
			continue
		}
		r := wire.NewReader(w.b)
		sec := readSection(&r, base)
		for f := from; f < to; f++ {
			if !sec.next(&r, low, high) || sec.frame != f+1 || sec.seat != 3 {
				t.Fatalf("entry %d of %d..%d: %+v, %v", f, from, to, sec, r.Err())
			}
			want := &l.at(f).entry
			if !bytes.Equal(sec.entry.Move, want.Move) || !bytes.Equal(sec.entry.Chunk, want.Chunk) ||
				sec.entry.Check != want.Check || sec.entry.CheckFrame != want.CheckFrame || sec.entry.Leave != want.Leave ||
				sec.entry.Sum != want.Sum || sec.entry.SumFrame != want.SumFrame || sec.entry.Command.Kind != want.Command.Kind || sec.entry.Command.Incarnation != want.Command.Incarnation {
				t.Fatalf("entry %d: got %+v, want %+v", f, sec.entry, *want)
			}
		}
		if sec.next(&r, low, high) || r.Done() != nil {
			t.Fatalf("after the section: %v", r.Err())
		}
	}
}

// TestRunsAreCheap: unchanged controls cost one byte per 128 frames.
func TestRunsAreCheap(t *testing.T) {
	var l seatLog
	l.init([16]byte{}, 0, 0, testIDs(1)[0])
	for f := range Frame(60) {
		l.put(f, &Entry{Move: []byte{1, 2, 3, 4}})
	}
	w := writer{limit: 1000, moveMin: 4, moveMax: 4}
	if w.section(0, &l, 0, 0, 60, false) != 60 || len(w.b) > 9 {
		t.Errorf("60 equal moves of 4 bytes take %d bytes", len(w.b))
	}
}

// TestLogTakesEntriesInAnyOrder and completes orders only in order.
func TestLogTakesEntriesInAnyOrder(t *testing.T) {
	var l seatLog
	l.init([16]byte{}, 0, 0, testIDs(1)[0])
	l.put(2, &Entry{Move: []byte{2}, Chunk: []byte("lo\x02hi")})
	l.put(1, &Entry{Move: []byte{1}, Chunk: []byte("el")})
	if l.head != 0 {
		t.Fatalf("head %d over a hole", l.head)
	}
	l.put(0, &Entry{Move: []byte{0}, Chunk: []byte{5, 'h'}})
	if l.head != 3 || len(l.at(0).orders)+len(l.at(1).orders) != 0 {
		t.Fatalf("head %d, orders %q %q", l.head, l.at(0).orders, l.at(1).orders)
	}
	if got := l.at(2).orders; len(got) != 2 || string(got[0]) != "hello" || string(got[1]) != "hi" {
		t.Fatalf("orders %q", got)
	}
	l.put(1, &Entry{Move: []byte{9}})
	if l.at(1).entry.Move[0] != 1 {
		t.Error("a held entry was replaced")
	}
	l.put(3, &Entry{Move: []byte{3}, Leave: true})
	l.put(4, &Entry{Move: []byte{4}})
	if l.head != 4 || l.end != 4 || l.status(3) != Playing || l.status(4) != Gone {
		t.Errorf("after Leave: head %d, end %d", l.head, l.end)
	}
}

func TestMalformedOrdersEndTheLog(t *testing.T) {
	for name, chunk := range map[string][]byte{
		"empty order":     {0},
		"too large":       {0x81, 0x20},
		"overlong length": {0x85, 0x00},
		"endless length":  {0x80, 0x80, 0x01},
	} {
		var l seatLog
		l.init([16]byte{}, 0, 0, testIDs(1)[0])
		l.put(0, &Entry{Move: []byte{0}, Chunk: []byte("\x01a")})
		if l.put(1, &Entry{Move: []byte{1}, Chunk: chunk}) || l.head != 1 {
			t.Errorf("%s: taken, head %d", name, l.head)
		}
		if !l.put(1, &Entry{Move: []byte{1}, Chunk: []byte("\x01b")}) || l.head != 2 {
			t.Errorf("%s: what was refused has left traces", name)
		}
	}
}

// TestOrderStream: orders of every size come out whole from chunks of any size.
func TestOrderStream(t *testing.T) {
	dice := weather.NewDice(3)
	var q orderQueue
	var given, got [][]byte
	var a assembler
	var s slot
	for len(got) < 300 {
		if len(given) < 300 && dice.Below(3) == 0 {
			b := bytes.Repeat([]byte{byte(len(given))}, 1+int(dice.Below(MaxOrder)))
			if dice.Below(2) == 0 {
				b = b[:1+(len(b)-1)%200]
			}
			if q.push(b) {
				given = append(given, b)
			}
		}
		s.entry.Chunk = q.take(s.entry.Chunk[:0], 1+int(dice.Below(1000)))
		if !a.feed(&s) {
			t.Fatal("an honest stream was refused")
		}
		for _, o := range s.orders {
			got = append(got, bytes.Clone(o))
		}
	}
	for i := range given {
		if !bytes.Equal(got[i], given[i]) {
			t.Fatalf("order %d: %d bytes of %x, want %d of %x", i, len(got[i]), got[i][0], len(given[i]), given[i][0])
		}
	}
	for q.push(make([]byte, MaxOrder)) {
	}
	if len(q.stream) > MaxBacklog || len(q.stream) < MaxBacklog-MaxOrder-2 {
		t.Errorf("the backlog holds %d bytes", len(q.stream))
	}
}

// TestSectionThatFollows: a section that begins where the reader's log ends may
// leave out what repeats the entry before; who does not hold that entry leaves
// the section, and is not misled.
func TestSectionThatFollows(t *testing.T) {
	var l seatLog
	l.init([16]byte{}, 0, 0, testIDs(1)[0])
	for f := range Frame(40) {
		l.put(f, &Entry{Move: []byte{byte(f / 16), 2, 3, 4}})
	}
	for _, sole := range []bool{false, true} {
		plain := writer{limit: 1000, moveMin: 4, moveMax: 4, sole: sole}
		plain.section(0, &l, 20, 20, 40, false)
		w := writer{limit: 1000, moveMin: 4, moveMax: 4, sole: sole}
		if w.section(0, &l, 20, 20, 40, true) != 40 || len(w.b) >= len(plain.b) {
			t.Fatalf("sole %v: %d bytes, alone it takes %d", sole, len(w.b), len(plain.b))
		}
		for _, held := range []bool{true, false} {
			r := wire.NewReader(w.b)
			sec := readSection
			if sole {
				sec = func(r *wire.Reader, base Frame) sectionReader { return readSole(r, 0, base) }
			}
			s := sec(&r, 20)
			if held {
				s.follow(l.at(19).entry.Move)
			}
			f, known := Frame(20), 0
			for ; s.next(&r, 4, 4); f++ {
				if s.loose {
					continue
				}
				known++
				if want := l.at(f).entry.Move; !bytes.Equal(s.entry.Move, want) {
					t.Fatalf("sole %v, held %v: frame %d has move %v, want %v", sole, held, f, s.entry.Move, want)
				}
			}
			if r.Err() != nil || f != 40 || held && known != 20 || !held && known != 8 {
				t.Errorf("sole %v, held %v: read to frame %d, %d moves, %v", sole, held, f, known, r.Err())
			}
		}
	}
}
