//go:build !js

package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/demo/menu"
	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/lobby"
)

// sitter drives a desk without window: it gives what keys would.
type sitter struct {
	*desk
	t    *testing.T
	told []string
}

func sitDown(t *testing.T, with together) *sitter {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	d, err := newDesk(defaultRules(), with, false)
	if err != nil {
		t.Fatal(err)
	}
	p := &sitter{desk: d, t: t}
	d.say = func(text string) { p.told = append(p.told, text) }
	t.Cleanup(d.close)
	return p
}

var wideShape, _ = menu.Fit(1280, 720)

func (p *sitter) does(in menu.Input) {
	p.t.Helper()
	if err := p.update(in, sim.Keys{}, 0, wideShape); err != nil {
		p.t.Fatal(err)
	}
}

func (p *sitter) types(text string) { p.does(menu.Input{Typed: []rune(text)}) }

// until lets time pass for all players until cond holds.
func until(t *testing.T, what string, cond func() bool, players ...*sitter) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	beat := time.NewTicker(5 * time.Millisecond)
	defer beat.Stop()
	for !cond() {
		select {
		case <-beat.C:
		case <-deadline:
			t.Fatalf("waited for %s; %+v", what, players[0].facts)
		}
		for _, p := range players {
			p.does(menu.Input{})
		}
	}
}

func TestPlayBeginsAtOnceAndTheMenuHoldsIt(t *testing.T) {
	p := sitDown(t, together{name: "Ann"})
	until(t, "frames", func() bool { return p.Frame > 5 }, p)
	if p.panel != nil || p.Screen != "match" || p.Seat != 0 {
		t.Errorf("it begins with a menu, or not at all: %+v", p.facts)
	}
	p.does(menu.Input{Escape: true})
	if p.panel == nil {
		t.Fatal("escape opens no menu")
	}
	frame := p.Frame
	for range 20 {
		p.does(menu.Input{})
	}
	if p.Frame != frame {
		t.Errorf("the match went on under the menu, from %d to %d", frame, p.Frame)
	}
	old := p.alone
	p.types("n")
	if p.alone == old || p.panel != nil {
		t.Error("there is no new match")
	}
	p.does(menu.Input{Pressed: true, X: wideShape.Corner().X + 1, Y: wideShape.Corner().Y + 1})
	if p.panel == nil {
		t.Error("a press on the corner opens no menu")
	}
	p.does(menu.Input{Accept: true})
	if p.panel != nil {
		t.Error("the first item does not play on")
	}
}

func TestMenuSaysWhatIsWrong(t *testing.T) {
	p := sitDown(t, together{name: "Ann", local: true})
	alarm := func(want string) {
		t.Helper()
		if p.panel == nil || !p.panel.Alarm || !strings.Contains(strings.Join(p.panel.Lines, " "), want) {
			t.Errorf("the menu says %+v; want %q", p.panel, want)
		}
	}
	p.does(menu.Input{Escape: true})
	p.panel.Point(joinID)
	p.does(menu.Input{Accept: true})
	alarm("Type or paste")
	p.does(menu.Input{Pasted: "AB2CD3\n"})
	if p.typing() == nil || p.invite.Text() != "AB2CD3" {
		t.Fatalf("pasting left %q", p.invite.Text())
	}
	p.does(menu.Input{Accept: true})
	until(t, "the refusal", func() bool { return p.party == nil }, p)
	alarm("paste the whole link")
	if p.facts.Error == "" || p.panel.Focus() != joinID {
		t.Errorf("outside it says %q, the focus is on %q", p.facts.Error, p.panel.Focus())
	}
	p.find = func(*together) (func(), error) { return nil, errors.New("no free port") }
	p.panel.Point(hostID)
	p.does(menu.Input{Accept: true})
	alarm("no free port")

	q := sitDown(t, together{name: "Ann", room: "what?"}) // nothing is played yet
	until(t, "the refusal", func() bool { return q.party == nil }, q)
	q.does(menu.Input{Escape: true})
	until(t, "a match all the same", func() bool { return q.Frame > 5 }, q)
}

// TestFromRoomToMatch is what two players see who host and join by hand.
func TestFromRoomToMatch(t *testing.T) {
	if testing.Short() {
		t.Skip("plays for some seconds: not under -short")
	}
	ann := sitDown(t, together{name: "Ann", local: true})
	link := ""
	ann.room = func(l string) { link = l }
	ann.does(menu.Input{Escape: true})
	ann.types("h")
	until(t, "the room", func() bool { return link != "" && ann.Screen == "room" }, ann)

	bo := sitDown(t, together{name: "Bo", local: true})
	bo.does(menu.Input{Escape: true})
	bo.panel.Point(joinID)
	bo.types(link)
	bo.does(menu.Input{Accept: true})
	until(t, "the link", func() bool {
		return len(ann.Members) == 2 && len(bo.Members) == 2 && ann.Members[1].Path == "direct" && bo.Members[0].Path == "direct"
	}, ann, bo)
	if ann.lounge.Note != "Bo is not ready" {
		t.Errorf("Ann is told %q", ann.lounge.Note)
	}
	ann.types("s")
	bo.does(menu.Input{Pressed: true, X: middle(bo, menu.SeatID(2)).X, Y: middle(bo, menu.SeatID(2)).Y})
	until(t, "the other seat", func() bool { return bo.Seat == 2 }, ann, bo)
	bo.types("t")
	bo.types("over here, r and s are letters")
	bo.does(menu.Input{Accept: true})
	until(t, "the line", func() bool { return len(ann.Chat) == 1 }, ann, bo)
	bo.does(menu.Input{Escape: true})
	bo.types("r")
	until(t, "readiness", func() bool { return ann.Members[1].Ready }, ann, bo)
	ann.types("s")
	until(t, "the match", func() bool { return ann.Frame > 70 && bo.Frame > 70 && len(ann.Hashes) > 0 && len(bo.Hashes) > 0 }, ann, bo)
	if ann.Hashes[0] != bo.Hashes[0] || ann.Match != bo.Match {
		t.Errorf("hashes %+v and %+v of matches %s and %s", ann.Hashes, bo.Hashes, ann.Match, bo.Match)
	}

	ann.does(menu.Input{Accept: true})
	if !ann.talking || ann.typing() == nil {
		t.Fatal("enter opens no line to talk")
	}
	ann.types("gg")
	ann.does(menu.Input{Accept: true})
	until(t, "the line in the match", func() bool { return len(bo.Chat) == 2 }, ann, bo)
	if got := bo.spoken(false); got[len(got)-1].Text != "gg" || got[len(got)-1].Name != "Ann" {
		t.Errorf("Bo sees %+v", got)
	}

	bo.does(menu.Input{Escape: true})
	bo.panel.Point(backID)
	bo.does(menu.Input{Accept: true})
	until(t, "news", func() bool { return strings.Contains(strings.Join(ann.told, ";"), "Bo left; a bot flies on") }, ann, bo)
	if bo.Screen != "room" || bo.lounge.Note != "a match is running …" {
		t.Errorf("Bo is on %s and reads %q", bo.Screen, bo.lounge.Note)
	}
	ann.does(menu.Input{Escape: true})
	ann.panel.Point(reopenID)
	ann.does(menu.Input{Accept: true})
	until(t, "the open room", func() bool { return ann.Screen == "room" && ann.Phase == "open" && bo.Phase == "open" }, ann, bo)
	ann.does(menu.Input{Escape: true})
	ann.panel.Point(menu.LeaveID)
	ann.does(menu.Input{Accept: true})
	until(t, "the end of the room", func() bool { return len(bo.Members) == 1 && bo.Members[0].Owner }, bo)
	if ann.party != nil || ann.Room != "" || ann.panel == nil {
		t.Errorf("Ann left, but: %+v", ann.facts)
	}
}

// middle returns the middle of an item of the room.
func middle(p *sitter, id string) menu.Rect {
	p.t.Helper()
	for _, it := range p.lounge.Items {
		if it.ID == id {
			return menu.Rect{X: it.At.X + it.At.W/2, Y: it.At.Y + it.At.H/2}
		}
	}
	p.t.Fatalf("the room has no %s", id)
	return menu.Rect{}
}

func TestRoomAsPicture(t *testing.T) {
	me := party.Member{Name: "Ann", Seat: 0, Owner: true, Self: true}
	v := party.View{Phase: lobby.Open, Code: "AB2CD3", Reachable: true, Members: []party.Member{
		me,
		{Name: "Bo", Seat: 1, Ready: true, Way: party.Direct, Ping: 20 * time.Millisecond},
		{Name: "Cy", Seat: 3, Ready: true, Way: party.Connecting},
	}}
	got := seats(v)
	for i, want := range []menu.Seat{
		{Number: 0, Name: "Ann", State: "not ready", Owner: true, Self: true, Heads: true},
		{Number: 2, State: "take this seat"},
		{Number: 1, Name: "Bo", State: "ready", Ready: true, Ping: "direct · 20 ms", Heads: true},
		{Number: 3, Name: "Cy", State: "connecting …", Waits: true},
	} {
		if got[i] != want {
			t.Errorf("row %d is %+v; want %+v", i, got[i], want)
		}
	}
	v.Members = v.Members[:1]
	for _, c := range []struct {
		change func(*party.View)
		want   string
	}{
		{func(*party.View) {}, "alone so far"},
		{func(v *party.View) { v.Obstacle = "Bo is not ready" }, "Bo is not ready"},
		{func(v *party.View) { v.Phase = lobby.Running }, "a match is running"},
		{func(v *party.View) { v.Reachable = false }, "server is away"},
		{func(v *party.View) { v.Phase, v.Me = lobby.Joining, -1 }, "looking for the room"},
	} {
		w := v
		c.change(&w)
		if got := remark(w); !strings.Contains(got, c.want) {
			t.Errorf("the room remarks %q; want %q", got, c.want)
		}
	}
}
