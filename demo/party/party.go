package party

import (
	"errors"
	"time"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Line is something that was said.
type Line struct {
	Name string // of who said it
	Text string
	Seat int // -1 is none
	Own  bool
}

// Party is one player's place in a room, with all that hangs on it. It belongs to
// one goroutine, the game's; no method but Close blocks.
type Party struct {
	cfg    Config
	joined chan *lobby.Room // delivers once
	room   *lobby.Room      // nil while joining
	mesh   *mesh.Mesh
	chat   *chat.Chat

	match   *Match
	playing [16]byte      // the match that the session plays or greets for
	left    [16]byte      // the match that we do not want any more
	parting chan struct{} // closed when the session before has let go of the link; nil is none

	names  map[peer.ID]string // of everybody who was ever here
	seats  map[peer.ID]int
	lines  []Line
	heard  uint64 // the newest line of the chat in lines
	news   []News
	err    error // why there is no party any more
	asked  time.Time
	closed bool
}

// Join enters the room that cfg names, or makes one, in the background.
func Join(cfg Config) *Party {
	p := &Party{cfg: cfg, joined: make(chan *lobby.Room, 1), names: map[peer.ID]string{}, seats: map[peer.ID]int{}}
	// lobby.Join reads the player's key, which takes a page half a second.
	go func() {
		if cfg.Wait != nil {
			cfg.Wait()
		}
		server, room := cfg.Server, Invitation(cfg.Room)
		if namesServer(room) {
			server = ""
		}
		p.joined <- lobby.Join(lobby.Config{
			Server: server, Game: Game, Build: Build, Room: room, Name: cfg.Name,
			Seats: Seats, Page: cfg.Page, ReachWithin: cfg.Reach, Log: cfg.Log,
		})
	}()
	return p
}

// enter builds on the room what the match needs. This is all the wiring there is.
func (p *Party) enter(room *lobby.Room) {
	p.room = room
	p.mesh = mesh.New(room, mesh.Config{Loopback: p.cfg.Loopback, Log: p.cfg.Log})
	p.chat = chat.New(room, chat.Config{Log: p.cfg.Log})
	if err := p.mesh.Err(); err != nil {
		p.err = err
	}
}

// Update moves everything on: call it about 60 times a second, with the keys as
// they are held now. What happened is in News, View, Lines and Match.
func (p *Party) Update(k sim.Keys) {
	if p.room == nil {
		select {
		case room := <-p.joined:
			p.enter(room)
		default:
			return
		}
	}
	p.listen()
	p.meet()
	p.play(k)
	p.act()
}

// meet makes a session when there is none: it waits for the room's match by
// itself. It leaves the match that is over for the room.
func (p *Party) meet() {
	now, running := p.room.Match()
	if p.match != nil && p.playing != [16]byte{} && (!running || now.ID != p.playing) {
		p.Back()
	}
	if p.parting != nil {
		select {
		case <-p.parting:
			p.parting = nil
		default:
			return // two sessions on one link would take each other's messages
		}
	}
	if p.match == nil && p.err == nil {
		p.match = newMatch(p.mesh, p)
	}
}

// Match implements [netcode.Starter]: the room's match, unless we have left it.
func (p *Party) Match() (peer.Match, bool) {
	m, ok := p.room.Match()
	if !ok || m.ID == p.left || len(m.SeatsOf(p.room.Self())) == 0 {
		return peer.Match{}, false
	}
	p.playing = m.ID
	return m, true
}

// play gives the keys to the session.
func (p *Party) play(k sim.Keys) {
	if p.match == nil {
		return
	}
	err := p.match.Tick(k)
	for _, e := range p.match.News() {
		p.tellMatch(e)
	}
	if err != nil {
		p.tell(Trouble, Sentence(err))
		p.Back()
	}
}

// act does what the player wants to be done by itself.
func (p *Party) act() {
	s := p.room.Snapshot()
	if p.err == nil && s.Err != nil && (p.match == nil || !p.match.Runs() || errors.Is(s.Err, lobby.ErrKicked)) {
		p.err = s.Err
		p.Back()
	}
	if s.Phase != lobby.Open || time.Since(p.asked) < time.Second {
		return
	}
	me, ready, linked := lobby.Member{}, 0, 0
	for _, m := range s.Members {
		if m.Self {
			me = m
		}
		if m.Ready || m.Owner && m.Self {
			ready++
		}
		if m.Linked || m.Self {
			linked++
		}
	}
	switch {
	case p.cfg.Ready && !me.Ready && me.Seat != lobby.NoSeat && p.match != nil:
		p.do(lobby.Ready{Ready: true})
	case p.cfg.Start > 0 && me.Owner && len(s.Members) >= p.cfg.Start && ready == len(s.Members) && linked == len(s.Members):
		p.do(lobby.Start{})
	}
}

// do asks the room for something. A refusal is told.
func (p *Party) do(c lobby.Command) {
	p.asked = time.Now()
	if err := p.room.Do(c); err != nil {
		p.tell(Trouble, Sentence(err))
	}
}

// Ready says whether the player is ready for the match.
func (p *Party) Ready(yes bool) {
	if p.room != nil {
		p.do(lobby.Ready{Ready: yes})
	}
}

// Start begins the match; it is for the owner. See [View.Obstacle].
func (p *Party) Start() {
	if p.room != nil {
		p.do(lobby.Start{})
	}
}

// Sit moves the player to another seat, which has to be free.
func (p *Party) Sit(seat int) {
	if p.room != nil {
		p.do(lobby.TakeSeat{Seat: seat})
	}
}

// Reopen ends the match for everybody and goes back to the room; it is for the
// owner.
func (p *Party) Reopen() {
	if p.room != nil {
		p.do(lobby.Reopen{})
	}
}

// Back leaves the match, but not the room. A bot flies on for the others.
func (p *Party) Back() {
	if p.match == nil {
		return
	}
	p.left, p.playing = p.playing, [16]byte{}
	match, done := p.match, make(chan struct{})
	p.match, p.parting = nil, done
	go func() {
		defer close(done)
		_ = match.Close() // why it ended was told by Tick
	}()
}

// Say says a line to everybody in the room. A line that cannot be said is told
// as news.
func (p *Party) Say(text string) {
	if p.chat == nil || text == "" {
		return
	}
	if err := p.chat.Say(chat.Room, text); err != nil {
		p.tell(Trouble, Sentence(err))
	}
}

// Playing returns the match that runs here, nil if there is none.
func (p *Party) Playing() *Match {
	if p.match == nil || !p.match.Runs() {
		return nil
	}
	return p.match
}

// Lines returns all that was said and heard, oldest first. It is for reading.
func (p *Party) Lines() []Line { return p.lines }

// Close leaves match and room, and waits until the others know, three quarters of
// a second at most. It may be called from another goroutine when Update is not
// called any more.
func (p *Party) Close() {
	if p.closed {
		return
	}
	p.closed = true
	if p.room == nil {
		p.enter(<-p.joined)
	}
	p.Back()
	if p.parting != nil {
		<-p.parting
	}
	_ = p.room.Close() // why it ended is in View
	_ = p.mesh.Close()
}
