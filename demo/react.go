package main

import (
	"fmt"

	"github.com/tuttiplay/tutti/demo/menu"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// The IDs of the items of menus.
const (
	onID     = "on"
	newID    = "new"
	nameID   = "name"
	hostID   = "host"
	joinID   = "join"
	backID   = "back"
	reopenID = "reopen"
	sayID    = "say"
	quitID   = "quit"
)

// react does what the player did on the screen that is shown.
func (d *desk) react(in menu.Input, shape menu.Shape) {
	m := d.playing()
	switch {
	case d.panel != nil:
		d.reactPanel(in, shape)
	case m == nil:
		d.reactRoom(in, shape)
	case d.talking:
		d.reactTalk(in)
	case in.Escape, in.Pressed && shape.Corner().Has(in.X, in.Y):
		d.open("")
		d.reactPanel(menu.Input{}, shape)
	case d.party != nil && (wants(in.Typed, 't') || in.Accept && m.World.Phase() != sim.Result):
		d.talking = true
	}
}

func wants(typed []rune, key rune) bool {
	for _, r := range typed {
		if r == key || r == key-'a'+'A' {
			return true
		}
	}
	return false
}

// open opens the menu of the moment. text is bad news for the player, "" is none.
func (d *desk) open(text string) {
	p := &menu.Panel{Title: "RICOCHET"}
	if text != "" {
		p.Lines, p.Alarm = []string{text}, true
	}
	d.panel = p
	d.fill()
	p.Point(p.Items[0].ID)
	if text != "" && d.invite.Text() != "" {
		p.Point(joinID)
	}
}

// fill gives the open menu the items that make sense now.
func (d *desk) fill() {
	p := d.panel
	add := func(it menu.Item) { p.Items = append(p.Items, it) }
	p.Items = p.Items[:0]
	switch {
	case d.party == nil:
		add(menu.Item{ID: onID, Label: "PLAY ON", Hint: "ESC", Lit: true})
		add(menu.Item{ID: newID, Label: "NEW MATCH AGAINST BOTS", Hot: 'n'})
		add(menu.Item{ID: hostID, Label: "HOST A ROOM", Hot: 'h'})
		add(menu.Item{ID: joinID, Label: "JOIN", Field: &d.invite, Hint: "code or link, then enter"})
		add(menu.Item{ID: nameID, Label: "YOUR NAME", Field: &d.name, Hint: "Player"})
	case d.playing() == nil:
		add(menu.Item{ID: onID, Label: "STAY", Hint: "ESC", Lit: true})
		add(menu.Item{ID: menu.LeaveID, Label: "LEAVE THE ROOM"})
	default:
		p.Title = "ROOM " + d.Room
		add(menu.Item{ID: onID, Label: "PLAY ON", Hint: "ESC", Lit: true})
		add(menu.Item{ID: sayID, Label: "SAY SOMETHING", Hint: "T"})
		if d.party.View().Owner() {
			add(menu.Item{ID: reopenID, Label: "ALL BACK TO THE ROOM"})
		} else {
			add(menu.Item{ID: backID, Label: "BACK TO THE ROOM"})
			if !p.Alarm {
				p.Lines = []string{"If you go, a bot flies on for you."}
			}
		}
		add(menu.Item{ID: menu.LeaveID, Label: "LEAVE THE ROOM"})
	}
	if d.quits {
		add(menu.Item{ID: quitID, Label: "QUIT"})
	}
	for i := range p.Items {
		if it := &p.Items[i]; d.touch && it.Field == nil {
			it.Hint = ""
		}
	}
}

func (d *desk) reactPanel(in menu.Input, shape menu.Shape) {
	d.fill()
	d.panel.Lay(shape)
	if in.Escape {
		d.panel = nil
		return
	}
	switch d.panel.Update(in) {
	case onID:
		d.panel = nil
	case newID:
		old := d.alone
		d.bye.add(func() { _ = old.Close() }) // it ends by itself: nobody else is in it
		if err := d.playAlone(); err != nil {
			d.open(err.Error())
		}
	case hostID:
		d.with.host, d.with.room = true, ""
		d.join()
	case joinID:
		if d.invite.Text() == "" {
			d.panel.Lines, d.panel.Alarm = []string{"Type or paste the code or the link that you were sent."}, true
			return
		}
		d.with.host, d.with.room = false, d.invite.Text()
		d.join()
	case nameID:
		d.panel.Point(hostID)
	case backID:
		d.panel = nil
		d.party.Back()
	case sayID:
		d.panel, d.talking = nil, true
	case reopenID:
		d.panel = nil
		d.party.Reopen()
	case menu.LeaveID:
		d.leaveForBots()
	case quitID:
		d.quit = true
	}
}

// leaveForBots leaves the room and goes on against bots, with the menu open.
func (d *desk) leaveForBots() {
	d.leave()
	d.open("")
}

func (d *desk) reactTalk(in menu.Input) {
	switch {
	case in.Escape:
		d.talking = false
	case in.Accept:
		d.talk.Field.Edit(in) // the last letter may come with the enter
		d.party.Say(d.talk.Field.Text())
		d.talk.Field.Set("")
		d.talking = false
	default:
		d.talk.Field.Edit(in)
	}
}

// typing returns the line that the player types in now, nil for none.
func (d *desk) typing() *menu.Item {
	list := &d.lounge.List
	switch {
	case d.talking:
		return &d.talk
	case d.panel != nil:
		list = &d.panel.List
	case d.playing() != nil:
		return nil
	}
	for i := range list.Items {
		if it := &list.Items[i]; it.Field != nil && it.ID == list.Focus() {
			return it
		}
	}
	return nil
}

// tellAlone puts an event of a match against bots into words.
func (d *desk) tellAlone(e netcode.Event) {
	if _, ok := e.(netcode.Started); ok {
		d.tellAll(fmt.Sprintf("you and %d bots", d.alone.World.Ships()-1))
		return
	}
	d.tellAll(e.String())
}
