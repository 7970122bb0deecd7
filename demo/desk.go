package main

import (
	"time"

	"github.com/tuttiplay/tutti/demo/menu"
	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/lobby"
)

// desk is what the player does and sees, without window and picture: the match
// against bots, the menu over it, the room, the match with others and the talk.
type desk struct {
	watcher
	rules rules
	with  together
	auto  bool // a bot plays the own seat
	quits bool // there is something to quit to: not in a page
	touch bool // the player has fingers and no keyboard
	clip  clip
	room  func(link string)               // told of each room that the player made; nil is nobody
	say   func(text string)               // shows a message over the match
	find  func(*together) (func(), error) // makes sure that there is a lobby server

	alone *party.Match
	party *party.Party // nil alone
	stop  func()       // of the lobby server in this program; nil is none
	bye   farewells

	panel   *menu.Panel // the menu that is open, nil is none
	lounge  menu.Room
	name    menu.Field
	invite  menu.Field
	talk    menu.Item // the line to talk in a match
	talking bool
	said    []said
	heard   int // lines of the party in said
	note    string
	alarm   bool
	noted   time.Time
	begun   bool // the room was told of
	chose   bool // the player moved the focus in the room: it stays where it is
	wasIn   bool // a match was shown in the last Update
	quit    bool
	now     time.Time
}

// said is a line of talk, or a piece of news about the room.
type said struct {
	menu.Said
	at time.Time
}

// newDesk begins with a match against bots, or with a room if one is wanted.
func newDesk(r rules, with together, auto bool) (*desk, error) {
	d := &desk{
		rules: r, with: with, auto: auto, find: (*together).find,
		name: menu.Field{Most: 24}, say: func(string) {},
		talk: menu.Item{ID: menu.TalkID, Field: &menu.Field{}, Hint: "say something to everybody"},
		now:  time.Now(),
	}
	d.name.Set(with.name)
	if with.wanted() {
		d.join()
		return d, nil
	}
	return d, d.playAlone()
}

// playAlone begins a new match against bots.
func (d *desk) playAlone() error {
	m, err := d.rules.solo()
	if err != nil {
		return err
	}
	d.alone, d.panel = m, nil
	return nil
}

// join goes to the room that d.with names.
func (d *desk) join() {
	d.with.name = d.name.Text()
	with := d.with
	stop, err := d.find(&with)
	if err != nil {
		d.open(party.Sentence(err))
		return
	}
	d.leave()
	d.stop = stop
	with.ready = with.ready || d.auto
	cfg := with.config()
	cfg.Wait = d.bye.wait
	d.party, d.panel = party.Join(cfg), nil
	d.said, d.heard, d.begun, d.chose, d.note = nil, 0, false, false, ""
	d.talk.Field.Set("")
	d.forget()
}

// leave leaves the room, if there is one, in the background.
func (d *desk) leave() {
	if d.party == nil {
		return
	}
	p, stop := d.party, d.stop
	d.bye.add(func() {
		p.Close()
		if stop != nil {
			stop()
		}
	})
	d.party, d.stop, d.talking = nil, nil, false
	d.with.room, d.with.host = "", false
	d.forget()
}

// close leaves everything and waits until the others know.
func (d *desk) close() {
	d.leave()
	if d.alone != nil {
		_ = d.alone.Close() // why it ended was told by Tick
	}
	d.bye.wait()
}

// playing returns the match that is on the screen, nil if none is.
func (d *desk) playing() *party.Match {
	if d.party != nil {
		return d.party.Playing()
	}
	return d.alone
}

// update does what the player did since the last Update. The error is fatal.
func (d *desk) update(in menu.Input, k sim.Keys, emote int, shape menu.Shape) error {
	d.now = time.Now()
	if d.now.Sub(d.noted) > 5*time.Second {
		d.note = ""
	}
	m := d.playing()
	busy := d.panel != nil || d.talking || d.party != nil && m == nil
	d.react(in, shape)
	m = d.playing()
	switch {
	case d.auto && m != nil:
		k = sim.Bot(m.World, max(0, m.Seat()))
	case busy || d.panel != nil || d.talking:
		k, emote = sim.Keys{}, 0
	}
	if err := d.play(k); err != nil {
		return err
	}
	if m = d.playing(); m != nil && emote > 0 && m.Seat() >= 0 {
		if err := m.Emote(emote); err != nil {
			d.tellAll(party.Sentence(err))
		}
	}
	d.look(d.playing(), d.party)
	return nil
}

// play gives the keys to the match. Alone, an open menu stops it.
func (d *desk) play(k sim.Keys) error {
	if d.party == nil {
		if d.alone == nil { // there was no room to go to
			m, err := d.rules.solo()
			if err != nil {
				return err
			}
			d.alone = m
		}
		if d.panel != nil {
			return nil
		}
		if err := d.alone.Tick(k); err != nil {
			return err
		}
		for _, e := range d.alone.News() {
			d.tellAlone(e)
		}
		return nil
	}
	d.party.Update(k)
	d.listen()
	if v := d.party.View(); v.Err != nil {
		text := party.Sentence(v.Err)
		d.leave()
		d.facts.Error = text
		d.open(text)
	}
	return nil
}

// listen takes in what the party tells.
func (d *desk) listen() {
	v := d.party.View()
	if v.Phase >= lobby.Open && !d.begun && v.Link != "" {
		d.begun = true
		if d.room != nil {
			d.room(v.Link)
		}
	}
	in := d.party.Playing() != nil
	if in != d.wasIn {
		d.wasIn, d.talking, d.panel = in, false, nil
		d.lounge.Point("")
		d.chose = false
	}
	for _, n := range d.party.News() {
		d.tell(n.Text)
		switch {
		case in:
			d.say(n.Text)
		case n.Kind == party.Trouble:
			d.warn(n.Text)
		default:
			d.said = append(d.said, said{menu.Said{Text: n.Text, Seat: -1}, d.now})
		}
	}
	lines := d.party.Lines()
	for _, line := range lines[d.heard:] {
		d.said = append(d.said, said{menu.Said{Name: line.Name, Text: line.Text, Seat: line.Seat}, d.now})
	}
	d.heard = len(lines)
	if extra := len(d.said) - 100; extra > 0 {
		d.said = d.said[extra:]
	}
}

// tellAll shows a message and notes it for whoever watches.
func (d *desk) tellAll(text string) {
	d.tell(text)
	d.say(text)
}

// warn shows what went wrong in the room for a few seconds.
func (d *desk) warn(text string) { d.note, d.alarm, d.noted = text, true, d.now }

// inform shows what worked in the room for a few seconds.
func (d *desk) inform(text string) { d.note, d.alarm, d.noted = text, false, d.now }

// spoken returns the talk for the screen: all of it, or over a match what was said
// in the last seconds.
func (d *desk) spoken(all bool) []menu.Said {
	const stay, fade = 9.0, 1.5 // seconds
	var out []menu.Said
	for _, s := range d.said {
		s.Fade = 1
		if age := d.now.Sub(s.at).Seconds(); !all {
			s.Fade = float32(min(1, (stay-age)/fade))
		}
		if s.Fade > 0 {
			out = append(out, s.Said)
		}
	}
	return out
}
