package main

import (
	"fmt"

	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode"
)

// facts are what this machine knows now, for whoever watches it from outside: a
// line of a trace, and the object tutti of a page. Chat, Events and Hashes grow
// at the end until the next match begins; a trace has in each line only what is
// new.
type facts struct {
	Screen    string        `json:"screen"` // joining, room, match or over
	Match     string        `json:"match"`  // its ID, 8 hex digits; "" is none
	Frame     netcode.Frame `json:"frame"`
	Confirmed netcode.Frame `json:"confirmed"`
	Settled   netcode.Frame `json:"settled"`
	HashFrame netcode.Frame `json:"hash_frame"`
	Hash      string        `json:"hash"`  // of the state before hash_frame, 16 hex digits
	Phase     string        `json:"phase"` // of the match, of the room while there is none
	Score     [2]int        `json:"score"`
	Seat      int           `json:"seat"` // the own one, -1 is none
	X         float64       `json:"x"`    // of the own ship, units
	Y         float64       `json:"y"`
	Charge    float64       `json:"charge"` // 0 right after a dash, 1 when the next is possible
	Puck      point         `json:"puck"`

	Room    string       `json:"room,omitempty"` // its code
	Link    string       `json:"link,omitempty"`
	Members []memberFact `json:"members,omitempty"`
	Chat    []lineFact   `json:"chat,omitempty"`
	Events  []string     `json:"events,omitempty"` // as the player reads them
	Hashes  []hashFact   `json:"hashes,omitempty"` // of every 60th frame, once settled
	Error   string       `json:"error,omitempty"`
}

type point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

type memberFact struct {
	Name  string  `json:"name"`
	Seat  int     `json:"seat"`
	Ready bool    `json:"ready"`
	Owner bool    `json:"owner"`
	Self  bool    `json:"self"`
	Path  string  `json:"path"`   // here, connecting, direct or forwarded
	RTT   float64 `json:"rtt_ms"` // 0 is not measured yet
	// How the addresses of the link were found: host, srflx, prflx or relay; ""
	// is not known.
	Local  string `json:"local"`
	Remote string `json:"remote"`
}

type lineFact struct {
	Name string `json:"name"` // of the author
	Text string `json:"text"`
}

type hashFact struct {
	Frame netcode.Frame `json:"frame"`
	Hash  string        `json:"hash"`
}

// watcher keeps the facts of a program from beginning to end.
type watcher struct {
	facts
	match *party.Match // the newest one that ran
}

// look takes in how things are; m is nil while nothing is played, p in a match
// without others.
func (w *watcher) look(m *party.Match, p *party.Party) {
	w.Screen = "match"
	if p != nil {
		w.lookAround(p)
	}
	if m == nil || !m.Runs() {
		return
	}
	st := m.Stats()
	if w.match != m {
		w.match, w.Hashes, w.Frame = m, nil, 0
		id := m.ID()
		w.Match = fmt.Sprintf("%x", id[:4])
	}
	for _, h := range m.Hashes()[len(w.Hashes):] {
		w.Hashes = append(w.Hashes, hashFact{h.Frame, fmt.Sprintf("%016x", h.Sum)})
	}
	ship, puck := m.World.Ship(m.Seat()), m.World.Puck()
	w.Frame, w.Confirmed, w.Settled = st.Frame, st.Confirmed, st.Settled
	w.HashFrame, w.Hash = st.HashFrame, fmt.Sprintf("%016x", st.Hash)
	w.Phase, w.Score, w.Seat = m.World.Phase().String(), m.World.Score(), m.Seat()
	w.X, w.Y, w.Charge = ship.Pos.X.Float64(), ship.Pos.Y.Float64(), ship.Charge.Float64()
	w.Puck = point{puck.Pos.X.Float64(), puck.Pos.Y.Float64()}
}

// lookAround takes in the room.
func (w *watcher) lookAround(p *party.Party) {
	v := p.View()
	w.Room, w.Link, w.Error = v.Code, v.Link, ""
	w.Phase, w.Seat = v.Phase.String(), lobby.NoSeat
	switch {
	case v.Err != nil:
		w.Screen, w.Error = "over", party.Sentence(v.Err)
	case v.Phase == lobby.Joining:
		w.Screen = "joining"
	case p.Playing() == nil:
		w.Screen = "room"
	}
	w.Members = w.Members[:0]
	for _, m := range v.Members {
		if m.Self {
			w.Seat = m.Seat
		}
		w.Members = append(w.Members, memberFact{
			Name: m.Name, Seat: m.Seat, Ready: m.Ready, Owner: m.Owner, Self: m.Self,
			Path: m.Way.String(), RTT: float64(m.Ping.Microseconds()) / 1000, Local: m.Local.String(), Remote: m.Remote.String(),
		})
	}
	for _, line := range p.Lines()[len(w.Chat):] {
		w.Chat = append(w.Chat, lineFact{line.Name, line.Text})
	}
}

// tell notes what the player was told.
func (w *watcher) tell(text string) { w.Events = append(w.Events, text) }

// forget forgets the room: the player has left it.
func (w *watcher) forget() {
	w.Room, w.Link, w.Members, w.Chat = "", "", nil, nil
}
