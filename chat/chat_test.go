package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

func TestSayErrors(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	ann, bob := y.enter(), y.enter()
	stranger := peer.KeyFromSeed([32]byte{99}).ID()
	for name, c := range map[string]struct {
		to   Target
		text string
		want error
	}{
		"empty":        {Room, "", ErrEmpty},
		"invisible":    {Room, " \u200b\ufe0f\n", ErrEmpty},
		"many":         {Room, strings.Repeat("x", 201), ErrTooLong},
		"bytes":        {Room, strings.Repeat("👨\u200d👩\u200d👧", 40), ErrTooLong},
		"stranger":     {Whisper(stranger), "psst", ErrNoSuchMember},
		"myself":       {Whisper(ann.Self()), "psst", ErrNoSuchMember},
		"200 are fine": {Room, strings.Repeat("é", 200), nil},
		"clean":        {Whisper(bob.Self()), "psst", nil},
	} {
		if err := ann.chat.Say(c.to, c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	outside := y.come(50)
	outside.begin()
	if err := outside.chat.Say(Room, "hello?"); !errors.Is(err, ErrNotInRoom) {
		t.Errorf("outside: %v", err)
	}
}

func TestTooFast(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	ann := y.enter()
	for i := range talkPace.burst {
		ann.say(fmt.Sprint(i))
	}
	if err := ann.chat.Say(Room, "and more"); !errors.Is(err, ErrTooFast) {
		t.Fatalf("line %d: %v", talkPace.burst+1, err)
	}
	y.run(talkPace.every)
	ann.say("later")
	ann.poll()
	ann.want("0", "1", "2", "3", "4", "later")
}

func TestLineFields(t *testing.T) {
	y := newYard(t, 1, weather.Weather{Latency: 100 * time.Millisecond})
	ann, bob, cid := y.enter(), y.enter(), y.enter()
	ann.say("  hi\tall\x07 ")
	y.run(time.Second)
	if err := ann.chat.Say(Whisper(bob.Self()), "psst"); err != nil {
		t.Fatal(err)
	}
	y.run(time.Second)
	cid.want("hi all")
	bob.want("hi all", "psst")
	ann.want("hi all", "psst")
	hi, psst := bob.seen[0], bob.seen[1]
	if want := (Line{ID: 1, From: ann.Self(), Text: "hi all", Seq: 1, At: hi.At}); hi != want {
		t.Errorf("%+v, want %+v", hi, want)
	}
	if want := (Line{ID: 2, From: ann.Self(), To: bob.Self(), Text: "psst", Seq: 1, At: psst.At}); psst != want {
		t.Errorf("%+v, want %+v", psst, want)
	}
	if d := hi.At.Sub(epoch); d < 100*time.Millisecond || d > 300*time.Millisecond {
		t.Errorf("At is %v after it was said", d)
	}
	if own := ann.seen[1]; !own.Own || own.To != bob.Self() || !ann.seen[0].Own || !ann.seen[0].At.Equal(epoch) {
		t.Errorf("%+v", ann.seen)
	}
	if all := slices.Collect(bob.chat.Lines()); !slices.Equal(all, bob.seen) {
		t.Errorf("Lines() = %+v, by Since came %+v", all, bob.seen)
	}
	for range bob.chat.Lines() {
		break // must be allowed
	}
}

// Who enters late gets the last lines of those who are there, and sees that
// there were more.
func TestNewcomer(t *testing.T) {
	y := newYard(t, 1, bad())
	ann := y.enter()
	var said []string
	for i := range 30 {
		y.run(talkPace.every)
		said = append(said, fmt.Sprint(i))
		ann.say(said[i])
	}
	bob := y.enter()
	y.run(10 * time.Second)
	bob.want(said[30-backlog:]...)
	for i, l := range bob.seen {
		if l.Gap != (i == 0) {
			t.Errorf("line %d: Gap is %v", i, l.Gap)
		}
	}
	ann.say("hi")
	y.run(5 * time.Second)
	if last := bob.seen[len(bob.seen)-1]; last.Text != "hi" || last.Gap {
		t.Errorf("%+v", last)
	}
	if few := y.enter(); true {
		y.run(5 * time.Second)
		if got := few.texts(); len(got) != backlog {
			t.Errorf("%q", got)
		}
	}
}

// A player who restarts under the same key gets the talk again, and what he
// says is new to the others although he counts from 1 again.
func TestRestart(t *testing.T) {
	y := newYard(t, 1, bad())
	ann, bob := y.enter(), y.enter()
	ann.say("one")
	bob.say("two")
	y.run(5 * time.Second)
	bob.begin()
	y.run(time.Second)
	ann.say("three")
	y.run(10 * time.Second)
	bob.want("one", "three")
	bob.say("back")
	y.run(10 * time.Second)
	if got := ann.texts(); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"back", "one", "three", "two"}) {
		t.Errorf("ann saw %q", got)
	}
	if last := ann.seen[len(ann.seen)-1]; last.Seq != 1 || last.Gap {
		t.Errorf("%+v", last)
	}
}

// What is said while somebody is unreachable reaches him later; what is too
// much for the queue is a gap.
func TestOutage(t *testing.T) {
	y := newYard(t, 1, weather.Weather{Latency: 20 * time.Millisecond})
	ann, bob, cid := y.enter(), y.enter(), y.enter()
	ann.say("before")
	y.run(time.Second)
	y.net.Cut(ann.Self(), bob.Self())
	ann.dying = true // nothing of ann's arrives, though the link takes it
	const during = keep + window + 10
	for i := range during {
		y.run(talkPace.every)
		ann.say(fmt.Sprint(i))
	}
	ann.dying = false
	y.net.Heal(ann.Self(), bob.Self())
	y.run(2 * time.Minute)
	for _, g := range []*guest{bob, cid} {
		got := g.from(ann.Self())
		gaps := 0
		for i, l := range g.seen {
			if l.Gap {
				gaps++
			}
			if i > 0 && l.Seq <= g.seen[i-1].Seq {
				t.Errorf("%d after %d", l.Seq, g.seen[i-1].Seq)
			}
		}
		if gaps != 1 || got[0] != "before" || got[len(got)-1] != fmt.Sprint(during-1) || len(got) != 1+window+keep {
			t.Errorf("%d gaps, %d lines: %q", gaps, len(got), got)
		}
	}
}

// Cid hears Bob's answer sooner than Ann's question, because Ann's path to him
// is slow; he sees them the right way round.
func TestAnswerComesAfterTheQuestion(t *testing.T) {
	y := newYard(t, 1, weather.Weather{Latency: 10 * time.Millisecond})
	ann, bob, cid := y.enter(), y.enter(), y.enter()
	if err := y.net.Shape(ann.Self(), cid.Self(), weather.Weather{Latency: 900 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	ann.say("ready?")
	y.run(200 * time.Millisecond)
	bob.say("yes")
	y.run(300 * time.Millisecond)
	if cid.chat.known(bob.Self()) == nil || len(cid.chat.known(bob.Self()).held) != 1 {
		t.Fatal("premise: the answer should be there and wait")
	}
	y.run(time.Second)
	cid.want("ready?", "yes")

	// It does not wait for ever.
	y.net.CutOneWay(ann.Self(), cid.Self())
	ann.say("again?")
	y.run(200 * time.Millisecond)
	bob.say("again!")
	y.run(causal + 200*time.Millisecond)
	cid.want("ready?", "yes", "again!")
}

func TestMute(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	ann, bob := y.enter(), y.enter()
	ann.say("one")
	y.run(time.Second)
	bob.chat.Mute(ann.Self(), true)
	bob.chat.Mute(bob.Self(), true)
	ann.say("two")
	bob.say("mine")
	y.run(time.Second)
	shown := func() (list []string) {
		for l := range bob.chat.Lines() {
			list = append(list, l.Text)
		}
		return list
	}
	if got := shown(); !slices.Equal(got, []string{"mine"}) || !bob.chat.Muted(ann.Self()) || bob.chat.Muted(bob.Self()) {
		t.Errorf("muted: %q", got)
	}
	bob.chat.Mute(ann.Self(), false)
	ann.say("three")
	y.run(time.Second)
	if got := shown(); !slices.Equal(got, []string{"one", "mine", "three"}) {
		t.Errorf("not muted any more: %q", got)
	}
	for l := range bob.chat.Lines() {
		if l.Gap {
			t.Errorf("%+v: what was muted is no gap", l)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	ann := y.enter()
	for i := range MaxLines + 50 {
		y.run(talkPace.every)
		ann.say(fmt.Sprint(i))
	}
	got := slices.Collect(ann.chat.Lines())
	if len(got) != MaxLines || got[0].Text != "50" || got[0].ID != 51 || len(ann.chat.said) != keep {
		t.Errorf("%d lines from %+v, %d to be sent", len(got), got[0], len(ann.chat.said))
	}
	if n := len(slices.Collect(ann.chat.Since(got[MaxLines-3].ID))); n != 2 {
		t.Errorf("%d after the third last", n)
	}
}

func TestNothingNewCostsNothing(t *testing.T) {
	y := newYard(t, 1, weather.Weather{})
	ann := y.enter()
	ann.say("hi")
	ann.poll()
	if n := testing.AllocsPerRun(100, func() {
		for range ann.chat.Since(ann.last) {
			t.Error("something new")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNewWithoutALink(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(nil, Config{})
}
