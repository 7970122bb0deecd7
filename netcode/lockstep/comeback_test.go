package lockstep

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
)

// hitch is the most that a member may stand without the players noticing.
const hitch = 100 * time.Millisecond

// dropTime is the most for which one member may hold up the others at a time:
// about twice DropAfter, since who is heard and waits for another has twice the
// time, and the agreement takes a moment.
const dropTime = 2300 * time.Millisecond

// TestGuestDies: a guest that dies after it was let in, and before it wrote or
// voted, is dropped again; also by two voters of whom neither drops the other.
func TestGuestDies(t *testing.T) {
	for _, stop := range []bool{true, false} {
		t.Run(fmt.Sprintf("stop %v", stop), func(t *testing.T) {
			cr := newCrew(t, 3, func(cfg *Config) { unsigned(cfg); cfg.Stop = stop })
			cr.run(t, time.Second)
			cr.cutOff(t, 2, 4*time.Second)
			cr.until(t, 5*time.Second, "let in", func() bool {
				return cr.seats[0].c.playing().Has(2) && cr.seats[1].c.playing().Has(2)
			})
			cr.dead = bit(2)
			for i, s := range cr.seats[:2] {
				if s.c.began(2) || s.c.voters().Has(2) {
					t.Fatalf("premise: at member %d the guest wrote or votes", i)
				}
			}
			cr.mustPlay(t, 20*time.Second, dropTime, dropTime, 0, 1)
			for i, s := range cr.seats[:2] {
				if s.c.playing().Has(2) {
					t.Errorf("member %d still waits for the dead guest", i)
				}
			}
		})
	}
}

// TestComesBackUnnoticed: the others do not stand when a member comes back, even
// if one of them does not hear it.
func TestComesBackUnnoticed(t *testing.T) {
	for _, broken := range []bool{false, true} {
		t.Run(fmt.Sprintf("broken link %v", broken), func(t *testing.T) {
			cr := newCrew(t, 4, unsigned)
			cr.lag = func(int, int) int { return 4 }
			cr.run(t, time.Second)
			cr.cutOff(t, 2, 5*time.Second)
			if broken {
				cr.parted = func(from, to int) bool { return from+to == 2 && from != to }
			}
			cr.mustPlay(t, 8*time.Second, hitch, hitch, 0, 1, 3)
			if !cr.allPlay(0, 1, 2, 3) || len(heard[CutOff](cr.seats[2])) != 1 {
				t.Errorf("the member did not come back\n%v", cr)
			}
			cr.mustBeOne(t, 0, 1, 2, 3)
			cr.mustMuteNone(t, 0, 1, 2, 3)
		})
	}
}

// TestIdleSponsor: a guest whose sponsor feeds it and never lets it in asks
// another one.
func TestIdleSponsor(t *testing.T) {
	cr := newCrew(t, 4, unsigned)
	cr.run(t, time.Second)
	cr.cutOff(t, 2, 4*time.Second)
	guest, sponsor, fed := cr.seats[2].c, cr.seats[3].c, 0
	chosen := false
	cr.each = func(i int) {
		switch {
		case i == 3: // it says to itself that the command is on its way
			sponsor.hosts[2].joined, sponsor.hosts[2].joinedAt = true, cr.now
		case i == 2 && guest.catching() && !chosen:
			chosen = true
			guest.guest.sponsor, guest.guest.asked = 3, false
			guest.letters = guest.letters[:0]
		case i == 2 && guest.catching() && guest.guest.sponsor == 3 && guest.current > sponsor.current-Alpha:
			fed++
		}
	}
	cr.mustPlay(t, 12*time.Second, hitch, hitch, 0, 1, 3)
	if fed < 60 {
		t.Fatalf("premise: for %d ticks the guest was fed by the idle sponsor", fed)
	}
	if !cr.allPlay(0, 1, 2, 3) {
		t.Errorf("the guest was not let in\n%v", cr)
	}
	cr.mustBeOne(t, 0, 1, 2, 3)
}

// TestJoinUndone: who lets a guest in and is dropped before anyone hears of it
// takes that back; at last all play.
func TestJoinUndone(t *testing.T) {
	cr := newCrew(t, 4, nil)
	cr.run(t, time.Second)
	cr.cutOff(t, 3, 4*time.Second)
	host := -1
	cr.parted = func(from, _ int) bool { return from == host }
	cr.each = func(i int) {
		if i < 3 && host < 0 && cr.seats[i].c.hosts[3].joined {
			host = i
		}
	}
	cr.until(t, 10*time.Second, "a host that writes the command", func() bool { return host >= 0 })
	cr.run(t, 6*time.Second)
	undone, stays := 0, heard[Back](cr.seats[host])
	for _, s := range cr.seats[:3] {
		for _, e := range heard[Back](s) {
			if len(stays) > 0 && e == stays[0] {
				undone++
			}
		}
	}
	if len(stays) == 0 || undone != 1 || len(heard[CutOff](cr.seats[host])) != 1 {
		t.Fatalf("premise: the host %d was told %v and is cut off; %d know of that stay", host, stays, undone)
	}
	host = 9
	cr.until(t, 8*time.Second, "in the match again", func() bool { return cr.allPlay(0, 1, 2, 3) })
	cr.mustPlay(t, 10*time.Second, hitch, hitch, 0, 1, 2, 3)
}

// TestOrdersWhole: of an order that was half written when its author was dropped
// nothing is stepped, and what it ordered later comes whole.
func TestOrdersWhole(t *testing.T) {
	cr := newCrew(t, 3, unsigned)
	orders := [3]map[Frame][]string{{}, {}, {}}
	cr.steps = func(i int, r *Request) {
		delete(orders[i], r.Frame)
		for _, o := range r.Inputs[2].Orders {
			orders[i][r.Frame] = append(orders[i][r.Frame], string(o))
		}
	}
	cr.run(t, time.Second)
	author := cr.seats[2].c
	long, short := bytes.Repeat([]byte{3}, 4000), []byte("later") // its rest would read as orders of three bytes
	for _, o := range [][]byte{long, short} {
		if err := author.Order(2, o); err != nil {
			t.Fatal(err)
		}
	}
	cr.run(t, time.Second/6)
	cr.cutOff(t, 2, 4*time.Second)
	if n := author.OrdersWaiting(); n <= 10 || n >= 4000 {
		t.Fatalf("premise: %d bytes wait; want a part of the order", n)
	}
	if n := len(author.logs[2].stream.partial); n == 0 {
		t.Fatal("premise: the log holds nothing of the order")
	}
	cr.until(t, 5*time.Second, "back", func() bool { return cr.allPlay(0, 1, 2) })
	cr.mustPlay(t, 5*time.Second, hitch, hitch, 0, 1, 2)
	for i := range orders {
		var got []string
		for _, all := range orders[i] {
			got = append(got, all...)
		}
		if len(got) != 1 || got[0] != string(short) {
			t.Errorf("member %d stepped the orders %q; want %q alone", i, got, short)
		}
	}
}

// TestLateAfterFrame32768: a new process, which knows no frame yet, is not told
// frames in two bytes.
func TestLateAfterFrame32768(t *testing.T) {
	cr := newCrew(t, 3, func(cfg *Config) {
		unsigned(cfg)
		cfg.CheckInterval, cfg.InputDelay, cfg.Grace = 0, 12, 10000
	})
	cr.lag = func(int, int) int { return 1 }
	cr.tempo = 100 * time.Millisecond // six frames at a time
	cr.until(t, 600*time.Second, "frame 33500", func() bool { return cr.seats[0].c.current >= 33500 })
	cr.tempo, cr.lag = 0, func(int, int) int { return 4 }
	cr.run(t, time.Second)
	cr.restart(t, 2)
	cr.until(t, 60*time.Second, "back", func() bool { return cr.allPlay(0, 1, 2) })
	cr.mustPlay(t, 2*time.Second, hitch, hitch, 0, 1, 2)
}

// TestBehindDeadLog: a guest that lacks the end of a log that ended after its own
// gets that too, though it is long out of every datagram's reach and in an older
// page than all else that it lacks.
func TestBehindDeadLog(t *testing.T) {
	cr := newCrew(t, 5, unsigned)
	cr.lag = func(int, int) int { return 6 }
	cr.run(t, 61*tableTick)
	cr.parted = func(from, to int) bool { return from == 4 && to == 3 }
	cr.run(t, 6*tableTick) // not long enough for others to pass it on
	away := bit(3)
	cr.parted = func(from, to int) bool { return (bit(from)|bit(to))&away != 0 }
	cr.run(t, time.Second/4)
	away |= bit(4)
	cr.run(t, 15*time.Second)
	l := cr.seats[0].c.logs
	if l[3].live() || l[4].live() || l[3].end >= l[4].end || cr.seats[0].c.current-l[4].end < ringFrames {
		t.Fatalf("premise: the logs end at %d and %d; the match is at %d", l[3].end, l[4].end, cr.seats[0].c.current)
	}
	guest := cr.seats[3].c
	if dead := guest.Held(4); dead >= l[4].end || dead/pageFrames >= min(guest.Held(0), guest.Held(1), guest.Held(2))/pageFrames {
		t.Fatalf("premise: the guest holds %d of the dead log, and of others %d, %d, %d", dead, guest.Held(0), guest.Held(1), guest.Held(2))
	}
	away = bit(4)
	cr.until(t, 5*time.Second, "back", func() bool { return cr.allPlay(0, 1, 2, 3) })
	cr.mustPlay(t, 5*time.Second, hitch, hitch, 0, 1, 2, 3)
}

// TestLateBeyondArchive: a new process that needs what is not kept any more is
// told so, once, and holds nobody up.
func TestLateBeyondArchive(t *testing.T) {
	cr := newCrew(t, 3, func(cfg *Config) { unsigned(cfg); cfg.ArchiveBytes = 1 << 12 })
	cr.run(t, 20*time.Second)
	for i, s := range cr.seats[:2] {
		if s.c.archive.first() == 0 {
			t.Fatalf("premise: member %d keeps everything", i)
		}
	}
	cr.restart(t, 2)
	cr.mustPlay(t, 10*time.Second, 2*hitch, time.Second, 0, 1)
	if got := heard[Barred](cr.seats[2]); len(got) != 1 || !got[0].Truncated {
		t.Errorf("the guest was told %v", cr.seats[2].events)
	}
}

// TestReloadOfTwo: either of two players may load the page anew, though neither
// drops the other for its silence.
func TestReloadOfTwo(t *testing.T) {
	ranks := epoch.Set(0)
	for who := range 2 {
		cr := newCrew(t, 2, func(cfg *Config) { cfg.Stop = true })
		ranks = ranks.With(cr.seats[0].c.machine.Rank(1 - who))
		cr.run(t, 5*time.Second)
		cr.restart(t, who)
		cr.until(t, 5*time.Second, fmt.Sprintf("%d back", who), func() bool { return cr.allPlay(0, 1) })
		cr.mustPlay(t, 5*time.Second, hitch, hitch, 0, 1)
	}
	if ranks.Len() != 2 {
		t.Fatalf("premise: the survivors had the ranks %b", ranks)
	}
}
