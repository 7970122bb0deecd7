package lobby

import (
	"bytes"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Somebody can come in without the server, by a link that names a member. The
// mesh knocks at that member's door; once the two are linked, which proves who
// both are, the newcomer asks on peer.Room for the room, gets it and the member's
// signed word, and is a guest: it tells all members that it meets of itself, and
// they show it behind those that the server told. When the server is back it lets
// the guest in by that word. Until then, and while it refuses, a guest stays until
// the mesh has not heard of it for two minutes.

const (
	// maxGuests is how many a room shows at most.
	maxGuests = 16
	// maxGossip is how many messages of a member may make no sense until nothing
	// of it is read any more.
	maxGossip = 8
)

// guests are those who are in the room and whom the server does not know.
type guests struct {
	list  []guest
	talks map[peer.ID]*talk
	bye   peer.ID // who says goodbye while the room is looked at

	//lint:ignore U1000 a page invites nobody
	text string // the mesh's invitation, asked for at textAt
	//lint:ignore U1000 a page invites nobody
	textAt time.Time
}

type guest struct {
	id   peer.ID
	name string
}

// talk is what members say to each other without the server.
type talk struct {
	//lint:ignore U1000 a page answers no guest
	answered time.Time
	bad      int
}

func (g *guests) ids() (ids []peer.ID) {
	for _, guest := range g.list {
		ids = append(ids, guest.id)
	}
	return ids
}

// withGuests returns the room as told with the guests in it, and with ourselves.
// Who is a member by now is no guest. r.mu is held.
func (r *Room) withGuests() *roomstate.Room {
	told, g, self := r.told, &r.guests, r.key.ID()
	g.list = slices.DeleteFunc(g.list, func(one guest) bool {
		return told.Member(one.id) != nil || slices.Contains(told.Kicked, one.id)
	})
	if len(g.list) == 0 && (!r.entry.in || told.Member(self) != nil) {
		return told
	}
	room := told.Clone()
	if r.entry.in {
		_ = room.Admit(self, r.cfg.Name) // if there is no place we look on from outside
	}
	for _, one := range g.list {
		_ = room.Admit(one.id, one.name)
	}
	return room
}

// Guest reports whether a member of [Room.Members] is there by a member's word,
// and the server does not know of it. It is for the mesh.
func (r *Room) Guest(id peer.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told != nil && r.told.Member(id) == nil
}

// Banned reports whether the owner sent that player away for good. It is for the
// mesh, which lets no such player in.
func (r *Room) Banned(id peer.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told != nil && slices.Contains(r.told.Kicked, id)
}

// Gone tells the room that a guest has not been heard of for so long that nobody
// waits for it any more. It is for the mesh.
func (r *Room) Gone(id peer.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dismiss(id)
}

// dismiss takes a guest off. r.mu is held.
func (r *Room) dismiss(id peer.ID) {
	g := &r.guests
	n := len(g.list)
	g.list = slices.DeleteFunc(g.list, func(one guest) bool { return one.id == id })
	if len(g.list) < n {
		r.update(r.told)
	}
}

// gossip reads what a member says on peer.Room by the mesh; false if that is
// nothing of the room's.
func (r *Room) gossip(from peer.ID, b []byte) bool {
	kind, table, err := msg.Open(b)
	if err != nil || kind != msg.KindHello && kind != msg.KindRefused && kind != msg.KindCommand {
		return false
	}
	t := r.talkOf(from)
	if t.bad >= maxGossip {
		return true
	}
	switch kind {
	case msg.KindHello:
		var h msg.Hello
		if h, err = msg.ParseHello(table); err != nil {
			break
		}
		switch {
		case h.ID != from:
			err = msg.ErrMeaning
		case h.Resume == nil:
			r.asksIn(t, &h)
		default:
			r.answered(&h)
		}
	case msg.KindRefused:
		var refused msg.Refused
		if refused, err = msg.ParseRefused(table); err == nil {
			r.turnedAway(asError(refused))
		}
	case msg.KindCommand:
		if !bytes.Equal(b, goodbye()) {
			err = msg.ErrMeaning
			break
		}
		r.mu.Lock()
		r.guests.bye = from
		r.dismiss(from)
		r.guests.bye = peer.ID{}
		r.mu.Unlock()
	}
	if err != nil {
		t.bad++
		r.log.Debug("lobby: message of a member dropped", "peer", from.Short(), "err", err)
	}
	return true
}

// goodbye is what a guest says that leaves.
func goodbye() []byte { return msg.Command(0, roomstate.Leave{}) }

// talkOf returns what there is of the talk with a member. It belongs to the
// mesh's receiver, of which one runs at a time.
func (r *Room) talkOf(id peer.ID) *talk {
	g := &r.guests
	if g.talks == nil || len(g.talks) >= 4*maxGuests {
		g.talks = map[peer.ID]*talk{}
	}
	if g.talks[id] == nil {
		g.talks[id] = &talk{}
	}
	return g.talks[id]
}

// show puts a newcomer among the guests. r.mu is held.
func (r *Room) show(h *msg.Hello) {
	if r.told.Member(h.ID) != nil {
		return
	}
	list := r.guests.list
	if i := slices.IndexFunc(list, func(one guest) bool { return one.id == h.ID }); i >= 0 {
		list[i].name = h.Name
	} else if len(list) < maxGuests {
		r.guests.list = append(list, guest{h.ID, h.Name})
	}
	r.update(r.told)
}
