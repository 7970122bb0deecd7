package main

import (
	"fmt"

	"github.com/tuttiplay/tutti/demo/menu"
	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/lobby"
)

// reactRoom does what the player did on the screen of the room.
func (d *desk) reactRoom(in menu.Input, shape menu.Shape) {
	v := d.party.View()
	d.show(v, shape)
	l := &d.lounge
	if in.Escape {
		if l.Types() {
			l.Point(menu.ReadyID)
			return
		}
		d.open("")
		return
	}
	d.chose = d.chose || in.Keys() || in.Pressed
	if l.Focus() == "" || !d.chose { // what most players want next
		l.Point(menu.ReadyID)
		if v.Owner() && v.Obstacle == "" {
			l.Point(menu.StartID)
		}
	}
	chosen := l.Update(in)
	switch chosen {
	case menu.ReadyID:
		d.party.Ready(!v.Ready())
	case menu.StartID:
		d.party.Start()
	case menu.LeaveID:
		d.leaveForBots()
	case menu.CopyID:
		if d.clip.write(v.Link) {
			d.inform("the link is on the clipboard: paste it to your friends")
		} else {
			d.inform("there is no clipboard here (Linux wants xclip, xsel or wl-copy): tell them the code")
		}
	case menu.TalkID:
		d.party.Say(d.talk.Field.Text())
		d.talk.Field.Set("")
	case "":
		if wants(in.Typed, 't') && !l.Types() {
			l.Point(menu.TalkID)
		}
	default:
		for seat := range party.Seats {
			if chosen == menu.SeatID(seat) {
				d.party.Sit(seat)
			}
		}
	}
}

// show makes the picture of the room.
func (d *desk) show(v party.View, shape menu.Shape) {
	r := &d.lounge
	r.Code, r.Link = v.Code, party.Short(v.Link)
	r.Seats = seats(v)
	r.Note, r.Alarm = d.note, d.alarm
	if r.Note == "" {
		r.Note, r.Alarm = remark(v), false
	}
	r.Talk = d.spoken(true)
	r.Items = r.Items[:0]
	open := v.Phase == lobby.Open
	add := func(it menu.Item) { r.Items = append(r.Items, it) }
	ready, start := "READY", ""
	if v.Ready() {
		ready = "NOT READY"
	}
	start = v.Obstacle
	if !v.Owner() {
		start = "owner"
	}
	add(menu.Item{ID: menu.ReadyID, Label: ready, Hint: "R", Hot: 'r', Off: !open, Lit: !v.Ready()})
	add(menu.Item{ID: menu.StartID, Label: "START", Hint: "S", Hot: 's', Off: !open || start != "", Lit: start == ""})
	add(menu.Item{ID: menu.LeaveID, Label: "LEAVE"})
	add(menu.Item{ID: menu.CopyID, Label: "COPY LINK", Hint: "C", Hot: 'c', Off: v.Link == ""})
	add(menu.Item{ID: menu.TalkID, Field: d.talk.Field, Hint: "press T to talk"})
	for _, s := range r.Seats {
		if s.Name == "" && open {
			add(menu.Item{ID: menu.SeatID(s.Number), Bare: true})
		}
	}
	for i := range r.Items {
		if it := &r.Items[i]; d.touch && it.ID == menu.TalkID {
			it.Hint = "tap here to talk"
		} else if d.touch {
			it.Hint = ""
		}
	}
	r.Lay(shape)
}

// seats returns the seats of a room for the screen: one team after the other.
func seats(v party.View) []menu.Seat {
	var out []menu.Seat
	for team := range 2 {
		for seat := team; seat < party.Seats; seat += 2 {
			s := menu.Seat{Number: seat}
			if v.Phase == lobby.Open {
				s.State = "take this seat"
			}
			for _, m := range v.Members {
				if m.Seat == seat {
					s = occupied(m)
				}
			}
			s.Heads = seat == team
			out = append(out, s)
		}
	}
	return out
}

// occupied returns the seat of a member for the screen.
func occupied(m party.Member) menu.Seat {
	s := menu.Seat{Number: m.Seat, Name: m.Name, Ready: m.Ready, Owner: m.Owner, Self: m.Self}
	switch {
	case m.Away:
		s.State, s.Waits, s.Ready = "lost the server", true, false
	case m.Way == party.Connecting:
		s.State, s.Waits, s.Ready = "connecting …", true, false
	case m.Ready:
		s.State = "ready"
	default:
		s.State = "not ready"
	}
	if !m.Self && m.Way != party.Connecting {
		s.Ping = m.Way.String()
		if m.Ping > 0 {
			s.Ping += fmt.Sprintf(" · %d ms", max(1, m.Ping.Milliseconds()))
		}
	}
	return s
}

// remark returns what a player should know about the room now.
func remark(v party.View) string {
	switch {
	case v.Phase == lobby.Joining:
		return "looking for the room …"
	case !v.Reachable && v.Guest():
		return "in by a member; the lobby server is away, and the next match waits for it …"
	case !v.Reachable:
		return "the lobby server is away; trying to reach it again …"
	case v.Phase == lobby.Running:
		return "a match is running …"
	case v.Obstacle != "":
		return v.Obstacle
	case v.Owner() && len(v.Members) == 1:
		return "alone so far: bots take the free ships"
	case v.Owner():
		return "everybody is ready: start when you like"
	case !v.Ready():
		return "say that you are ready"
	}
	return "the owner starts the match"
}
