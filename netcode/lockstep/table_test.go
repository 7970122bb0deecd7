package lockstep

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"
)

// table is a match of cores without sessions: each plays a digest of all that it
// is told, and what they send takes two frame times. hand may change what a
// member sends, or add to it.
type table struct {
	now   time.Duration
	seats []*seat
	hand  func(from, to int, letter bool, b []byte) [][]byte
	ticks int
}

// seat is one core with its game.
type seat struct {
	c      *Core
	state  uint64
	saved  map[Frame]uint64
	before []uint64 // the state before each frame, as last computed
	events []Event
	inbox  []mail
	text   []byte
}

type mail struct {
	due    int
	from   int
	letter bool
	b      []byte
}

const tableTick = time.Second / 60

func newTable(t testing.TB, n int, change func(cfg *Config)) *table {
	tb := &table{}
	for i := range n {
		cfg := Config{
			Tag: fuzzTag, Match: [16]byte{1}, Members: n, Self: i, MoveMin: 2, MoveMax: 5, Nonce: uint32(100 * i),
			Frame: tableTick, InputDelay: 2, Rollback: 8, CheckInterval: 30, DropAfter: time.Second,
			IDs: testIDs(n), Key: testKey(i), Snapshots: true, Grace: 600, ArchiveBytes: 1 << 18,
		}
		for s := range n {
			cfg.Seats = append(cfg.Seats, s)
		}
		if change != nil {
			change(&cfg)
		}
		c, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		tb.seats = append(tb.seats, &seat{c: c, saved: map[Frame]uint64{}})
	}
	return tb
}

// obey does to the game what the core asks for.
func (s *seat) obey(t testing.TB, reqs []Request, seats int) {
	for i := range reqs {
		r := &reqs[i]
		switch r.Op {
		case Save:
			s.saved[r.Frame] = s.state
		case Load:
			s.state = s.saved[r.Frame]
		case Hash:
			s.c.Hashed(r.Frame, s.state)
		case Step:
			if int(r.Frame) > len(s.before) {
				t.Fatalf("stepped frame %d of %d", r.Frame, len(s.before))
			}
			s.before = append(s.before[:r.Frame], s.state)
			text := binary.LittleEndian.AppendUint64(s.text[:0], s.state)
			for k := range seats {
				in := &r.Inputs[k]
				text = append(append(text, byte(in.Status), byte(len(in.Move))), in.Move...)
				for _, o := range in.Orders {
					text = append(text, o...)
				}
			}
			s.text, s.state = text, xxhash.Sum64(text)
		}
	}
}

// tick lets a frame time pass for everybody.
func (tb *table) tick(t testing.TB) {
	tb.ticks++
	tb.now += tableTick
	for i, s := range tb.seats {
		kept := s.inbox[:0]
		for _, m := range s.inbox {
			switch {
			case m.due > tb.ticks:
				kept = append(kept, m)
			case m.letter:
				s.c.ReceiveLetter(tb.now, m.from, m.b)
			default:
				s.c.Receive(tb.now, m.from, m.b)
			}
		}
		s.inbox = kept
		s.c.SetMove(i, []byte{byte(tb.ticks / 7 * (i + 3)), byte(i), byte(tb.ticks / 3)}[:2+tb.ticks%2])
		s.obey(t, s.c.Advance(tb.now), len(tb.seats))
		s.events = append(s.events, s.c.TakeEvents()...)
		for _, l := range s.c.TakeLetters() {
			tb.post(i, l.To, true, l.Text)
		}
		if !s.c.SendDue(tb.now) {
			continue
		}
		for to := range tb.seats {
			if s.c.Wants(to) {
				tb.post(i, to, false, s.c.Datagram(tb.now, to, nil))
			}
		}
	}
}

func (tb *table) post(from, to int, letter bool, b []byte) {
	all := [][]byte{b}
	if tb.hand != nil {
		all = tb.hand(from, to, letter, b)
	}
	for _, b := range all {
		tb.seats[to].inbox = append(tb.seats[to].inbox, mail{tb.ticks + 2, from, IsLetter(b), append([]byte(nil), b...)})
	}
}

// mustBeOne asserts that these seats have one history, as far as all of them
// have confirmed it, and returns how far that is.
func (tb *table) mustBeOne(t testing.TB, seats ...int) Frame {
	t.Helper()
	common := forever
	for _, i := range seats {
		common = min(common, tb.seats[i].c.Confirmed())
	}
	for _, i := range seats {
		for f := range common {
			if tb.seats[i].before[f] != tb.seats[seats[0]].before[f] {
				t.Fatalf("before frame %d seats %d and %d have different states", f, seats[0], i)
			}
		}
	}
	return common
}
