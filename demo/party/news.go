package party

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Kind says what a piece of news is about.
type Kind uint8

// The kinds of news.
const (
	OfRoom  Kind = iota // who came, who went
	OfMatch             // what happened in the match
	Trouble             // something that the player wanted did not work
)

// News is something that happened, as a sentence for the player.
type News struct {
	Kind Kind
	Text string
}

// News returns what happened since it was last called.
func (p *Party) News() []News {
	news := p.news
	p.news = nil
	return news
}

func (p *Party) tell(kind Kind, text string) { p.news = append(p.news, News{kind, text}) }

// listen takes in what room, mesh and chat have to tell.
func (p *Party) listen() {
	for _, m := range p.room.Snapshot().Members {
		p.names[m.ID], p.seats[m.ID] = m.Name, m.Seat
	}
	for e := range p.room.Events() {
		p.tellRoom(e)
	}
	for e := range p.mesh.Events() {
		if forged, ok := e.(*mesh.ForgedError); ok {
			p.tell(Trouble, fmt.Sprintf("somebody tampers with the link to %s (%s); it was refused", p.name(forged.From), forged.Field))
		}
	}
	for line := range p.chat.Since(p.heard) {
		p.heard = line.ID
		p.lines = append(p.lines, Line{Name: p.name(line.From), Text: line.Text, Seat: p.seat(line.From), Own: line.Own})
	}
}

func (p *Party) tellRoom(e lobby.Event) {
	switch e := e.(type) {
	case lobby.Entered:
		if !e.By.IsZero() {
			p.tell(OfRoom, "the lobby server is away: "+p.name(e.By)+" let you in")
		}
		if p.cfg.Say != "" {
			p.Say(p.cfg.Say)
		}
	case lobby.Joined:
		p.names[e.Member.ID] = e.Member.Name
		p.tell(OfRoom, e.String())
	case lobby.Left, lobby.Away, lobby.Back:
		p.tell(OfRoom, e.String())
	case lobby.RoleChanged:
		owner := p.name(e.Owner) + " owns the room now"
		if e.Owner == p.room.Self() {
			owner = "you own the room now"
		}
		p.tell(OfRoom, owner)
	case lobby.Reopened:
		p.tell(OfRoom, "back in the room")
	case lobby.ServerLost:
		p.tell(OfRoom, "the lobby server is away; direct links go on")
	case lobby.ServerBack:
		p.tell(OfRoom, "the lobby server is back")
	case lobby.Refused:
		p.tell(Trouble, Sentence(e.Err))
	}
}

// tellMatch puts an event of the session into words, with names for players.
func (p *Party) tellMatch(e netcode.Event) {
	switch e := e.(type) {
	case netcode.Started:
		p.tell(OfMatch, p.crew(e.Match))
	case netcode.Left:
		how := "left"
		switch e.Reason {
		case netcode.LeftByDrop:
			how = "did not come back"
		case netcode.LeftByKick:
			how = "was voted out"
		}
		p.tell(OfMatch, fmt.Sprintf("%s %s; a bot flies on", p.name(e.Peer), how))
	case netcode.Dropped:
		if e.Own {
			p.tell(OfMatch, "you were away and the others played on; on the way back to them")
		} else {
			p.tell(OfMatch, p.name(e.Peer)+" was lost; a bot flies until they are back")
		}
	case netcode.Back:
		if e.Own {
			p.tell(OfMatch, "you are flying again")
		} else {
			p.tell(OfMatch, p.name(e.Peer)+" is back")
		}
	case netcode.Split:
		p.tell(OfMatch, "cut off from "+p.list(e.Lost)+"; the match waits")
	case netcode.Alone:
		p.tell(OfMatch, "playing on alone")
	case netcode.Caught:
		p.tell(OfMatch, p.name(e.Peer)+" told different players different moves and is out; the proof is kept")
	case netcode.Waiting:
		p.tell(OfMatch, "waiting for "+p.list(e.For))
	case netcode.Resumed:
		p.tell(OfMatch, "playing again")
	case netcode.Desync:
		p.tell(OfMatch, fmt.Sprintf("desync: from frame %d on this machine and %s's play two different matches", e.Frame, p.name(e.Peer)))
	}
}

// crew says who plays a match.
func (p *Party) crew(m peer.Match) string {
	who := []string{"you"}
	for _, id := range m.Peers() {
		if id != p.room.Self() {
			who = append(who, p.name(id))
		}
	}
	switch bots := len(m.Seats) - len(who); bots {
	case 0:
	case 1:
		who = append(who, "a bot")
	default:
		who = append(who, fmt.Sprintf("%d bots", bots))
	}
	last := len(who) - 1
	if last == 0 {
		return who[0]
	}
	return strings.Join(who[:last], ", ") + " and " + who[last]
}

func (p *Party) list(ids []peer.ID) string {
	var who []string
	for _, id := range ids {
		who = append(who, p.name(id))
	}
	return strings.Join(who, ", ")
}

// name returns what a member is called, also one who has left.
func (p *Party) name(id peer.ID) string {
	if name := p.names[id]; name != "" {
		return name
	}
	return id.Short()
}

func (p *Party) seat(id peer.ID) int {
	if seat, ok := p.seats[id]; ok {
		return seat
	}
	return lobby.NoSeat
}

// Sentence puts an error into words for a player, who does not care which package
// it comes from.
func Sentence(err error) string {
	if mismatch, ok := errors.AsType[*lobby.MismatchError](err); ok {
		if mismatch.Field == "game" {
			return "this code is for another game"
		}
		return fmt.Sprintf("the room plays version %s, this is %s: get the same one", mismatch.Theirs, mismatch.Ours)
	}
	if unreachable, ok := errors.AsType[*lobby.UnreachableError](err); ok {
		if unreachable.Member != nil {
			return fmt.Sprintf("no lobby server answers at %s, and %s: ask for a new link", address(unreachable.Server), bare(unreachable.Member))
		}
		return fmt.Sprintf("no lobby server answers at %s; does it run, and is the address right?", address(unreachable.Server))
	}
	for _, known := range sentences {
		if errors.Is(err, known.err) {
			return known.text
		}
	}
	return bare(err)
}

// bare is an error without the name of the package that it comes from.
func bare(err error) string {
	text := err.Error()
	for _, prefix := range []string{"lobby: ", "chat: ", "netcode: ", "mesh: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

var sentences = []struct {
	err  error
	text string
}{
	{lobby.ErrNoServer, "a code alone does not say where the room is: paste the whole link, or name a server with -server"},
	{lobby.ErrWrongCode, "there is no room with this code; it has six letters and digits: ask for it again"},
	{lobby.ErrRoomFull, "the room is full"},
	{lobby.ErrAlreadyStarted, "they are playing already: try again after the match"},
	{lobby.ErrOtherRoom, "who made this link is in another room by now: ask for a new one"},
	{lobby.ErrKicked, "the owner of the room sent you away"},
	{lobby.ErrThrottled, "too many wrong codes came from here: wait a minute"},
	{lobby.ErrReplaced, "you entered the room from elsewhere, and this place was closed"},
	{lobby.ErrRoomLost, "the server has lost the room: make a new one"},
	{lobby.ErrServerFull, "the server is full: try again later"},
	{lobby.ErrNotReady, "not everybody is ready"},
	{lobby.ErrServerLost, "the server is away: try again in a moment"},
	{chat.ErrTooFast, "not so fast: wait a moment before you write again"},
	{chat.ErrTooLong, "that line is too long"},
	{chat.ErrEmpty, "there was nothing to say in that line"},
	{netcode.ErrCutOff, "the others played on without you: nothing was heard of you for too long"},
	{netcode.ErrAlone, "the other player did not come back"},
}

func address(server string) string {
	return strings.TrimPrefix(strings.TrimPrefix(server, "ws://"), "wss://")
}

// Names returns who sits where in the match or the room, by seat; "" is a bot.
func (p *Party) Names() (names [Seats]string) {
	if p.match != nil {
		st := p.match.Stats()
		for seat := range min(st.Seats, Seats) {
			if id := st.Seat[seat].Holder; !id.IsZero() && st.Seat[seat].Status != netcode.Gone {
				names[seat] = p.name(id)
			}
		}
		return names
	}
	for _, m := range p.View().Members {
		if m.Seat >= 0 && m.Seat < Seats {
			names[m.Seat] = m.Name
		}
	}
	return names
}
