package lockstep

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// crew is a table at which members are cut off, die, and come back as another
// process, and at which the ways between them differ.
type crew struct {
	*table
	dead   uint8                                         // members whose process does not run
	parted func(from, to int) bool                       // what is sent now gets lost; nil: nothing
	lag    func(from, to int) int                        // ticks on the way, at least 1; nil: 2 each
	each   func(i int)                                   // after a member's frame, before it sends; nil: nothing
	steps  func(i int, r *Request)                       // each step that a member asks for; nil: nothing
	tempo  time.Duration                                 // between two ticks; 0 is tableTick
	stands [MaxMembers]struct{ now, most time.Duration } // how long a member stepped nothing
}

func newCrew(t testing.TB, n int, change func(cfg *Config)) *crew {
	t.Helper()
	return &crew{table: newTable(t, n, func(cfg *Config) {
		cfg.Grace, cfg.ArchiveBytes, cfg.Nonce = 3600, 1<<24, uint32(1000*(cfg.Self+1))
		if change != nil {
			change(cfg)
		}
	})}
}

// unsigned makes a crew whose members trust each other's links.
func unsigned(cfg *Config) { cfg.Key = peer.Key{} }

// run lets time pass.
func (cr *crew) run(t testing.TB, d time.Duration) {
	for end := cr.now + d; cr.now < end; {
		cr.beat(t)
	}
}

// until lets time pass until ok, for d at most; what says what is awaited.
func (cr *crew) until(t testing.TB, d time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := cr.now + d; !ok(); cr.beat(t) {
		if cr.now >= end {
			t.Fatalf("after %v: not yet %s\n%v", d, what, cr)
		}
	}
}

// beat is a tick of all who live.
func (cr *crew) beat(t testing.TB) {
	cr.ticks++
	passed := max(cr.tempo, 0)
	if passed == 0 {
		passed = tableTick
	}
	cr.now += passed
	for i, s := range cr.seats {
		kept := s.inbox[:0]
		for _, m := range s.inbox {
			switch {
			case m.due > cr.ticks:
				kept = append(kept, m)
			case cr.dead&bit(i) != 0:
			case m.letter:
				s.c.ReceiveLetter(cr.now, m.from, m.b)
			default:
				s.c.Receive(cr.now, m.from, m.b)
			}
		}
		s.inbox = kept
		if cr.dead&bit(i) == 0 {
			cr.play(t, i, s, passed)
		}
	}
}

// play is a member's part in a tick.
func (cr *crew) play(t testing.TB, i int, s *seat, passed time.Duration) {
	s.c.SetMove(i, []byte{byte(cr.ticks / 7 * (i + 3)), byte(i), byte(cr.ticks / 3)}[:2+cr.ticks%2])
	before := s.c.current
	reqs := s.c.Advance(cr.now)
	s.obey(t, reqs, len(cr.seats))
	for k := range reqs {
		if cr.steps != nil && reqs[k].Op == Step {
			cr.steps(i, &reqs[k])
		}
	}
	stand := &cr.stands[i]
	if stand.now += passed; s.c.current != before {
		stand.now = 0
	}
	stand.most = max(stand.most, stand.now)
	s.events = append(s.events, s.c.TakeEvents()...)
	if cr.each != nil {
		cr.each(i)
	}
	for _, l := range s.c.TakeLetters() {
		cr.send(i, l.To, true, l.Text)
	}
	if !s.c.SendDue(cr.now) {
		return
	}
	for to := range cr.seats {
		if s.c.Wants(to) {
			cr.send(i, to, false, s.c.Datagram(cr.now, to, nil))
		}
	}
}

func (cr *crew) send(from, to int, letter bool, b []byte) {
	all, lag := [][]byte{b}, 2
	if cr.hand != nil {
		all = cr.hand(from, to, letter, b)
	}
	if cr.parted != nil && cr.parted(from, to) {
		return
	}
	if cr.lag != nil {
		lag = cr.lag(from, to)
	}
	for _, b := range all {
		cr.seats[to].inbox = append(cr.seats[to].inbox, mail{cr.ticks + lag, from, IsLetter(b), slices.Clone(b)})
	}
}

// restart makes a member another process, which begins at frame 0.
func (cr *crew) restart(t testing.TB, i int) {
	t.Helper()
	cfg := cr.seats[i].c.cfg
	cfg.Late, cfg.Nonce = true, cfg.Nonce+77777
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cr.seats[i] = &seat{c: c, saved: map[Frame]uint64{}}
}

// cutOff parts a member from all others for so long that they drop it.
func (cr *crew) cutOff(t testing.TB, m int, d time.Duration) {
	t.Helper()
	cr.parted = func(from, to int) bool { return from == m || to == m }
	cr.run(t, d)
	cr.parted = nil
	for i, s := range cr.seats {
		if i != m && cr.dead&bit(i) == 0 && s.c.playing().Has(m) {
			t.Fatalf("premise: member %d did not drop %d\n%v", i, m, s.c)
		}
	}
}

// allPlay reports whether these members play and vote, as all of them see it.
func (cr *crew) allPlay(members ...int) bool {
	for _, i := range members {
		c := cr.seats[i].c
		for _, m := range members {
			if !c.playing().Has(m) || !c.voters().Has(m) || c.catching() || m != i && !c.began(m) {
				return false
			}
		}
	}
	return true
}

// mustPlay lets time pass and asserts that these honest members play on: none
// of them stands for longer than still at a time, or lost in all; they drop and
// mute none of them; what each does is settled; and they have one history.
func (cr *crew) mustPlay(t testing.TB, d, still, lost time.Duration, members ...int) {
	t.Helper()
	var from [MaxMembers]Frame
	var told [MaxMembers]int
	for _, i := range members {
		from[i], told[i] = cr.seats[i].c.current, len(cr.seats[i].events)
		cr.stands[i].most = 0
	}
	cr.run(t, d)
	for _, i := range members {
		s := cr.seats[i]
		if cr.stands[i].most > still {
			t.Errorf("member %d stood for %v at a time; want %v at most", i, cr.stands[i].most, still)
		}
		if got, want := s.c.current-from[i], Frame((d-lost)/tableTick); got < want {
			t.Errorf("member %d stepped %d frames in %v; want %d", i, got, d, want)
		}
		if s.c.settled < s.c.current-ringFrames {
			t.Errorf("member %d is at frame %d, and settled up to %d", i, s.c.current, s.c.settled)
		}
		for _, e := range s.events[told[i]:] {
			m := -1
			switch e := e.(type) {
			case Dropped:
				m = e.Member
			case Left:
				m = e.Member
			case Caught:
				m = e.Member
			case CutOff:
				m = i
			}
			if slices.Contains(members, m) {
				t.Errorf("member %d was told %#v", i, e)
			}
		}
	}
	cr.mustMuteNone(t, members...)
	cr.mustBeOne(t, members...)
	if t.Failed() {
		t.Log(cr)
	}
}

// mustMuteNone asserts that nothing that these members sent to each other was
// taken for malformed.
func (cr *crew) mustMuteNone(t testing.TB, members ...int) {
	t.Helper()
	for _, i := range members {
		for _, m := range members {
			if bad := cr.seats[i].c.members[m].bad; bad > 0 {
				t.Errorf("member %d holds %d messages against %d", i, bad, m)
			}
		}
	}
}

// String returns what is to be known of the members when a test fails.
func (cr *crew) String() string {
	text := cr.now.String()
	for i, s := range cr.seats {
		if cr.dead&bit(i) == 0 {
			text += "\n" + s.c.String()
		}
	}
	return text
}

// heard returns the events of one kind that a member was told.
func heard[E Event](s *seat) (all []E) {
	for _, e := range s.events {
		if e, ok := e.(E); ok {
			all = append(all, e)
		}
	}
	return all
}
