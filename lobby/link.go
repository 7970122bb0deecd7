package lobby

import (
	"fmt"
	"slices"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// attached are the channels that a Room shares with the mesh.
var attached = [...]peer.Channel{peer.Room, peer.Chat, peer.Signal, peer.User}

// Self returns who we are; see [Config.Key].
func (r *Room) Self() peer.ID { return r.key.ID() }

// Send hands b to another member: by the mesh if that links it, else by the
// server. The server carries the reliable ordered channels; Moves and Bulk need
// the mesh. When the way changes, a message may overtake an older one. Errors
// are those of [peer.Link].
func (r *Room) Send(to peer.ID, ch peer.Channel, b []byte) error {
	switch {
	case ch >= peer.Channels:
		return fmt.Errorf("lobby: there is no channel %d", uint8(ch))
	case ch == peer.Moves && len(b) > peer.MaxDatagram, len(b) > peer.MaxMessage:
		return peer.ErrTooLarge
	}
	if mesh := r.attachedMesh(); mesh != nil && mesh.State(to) == peer.Linked {
		if err := mesh.Send(to, ch, b); err != peer.ErrNotLinked {
			return err
		}
	}
	if !msg.Carried(ch) {
		return peer.ErrNotLinked
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.serverState(to) != peer.Linked {
		return peer.ErrNotLinked
	}
	if !r.queue(msg.Relay{Peer: to, Channel: ch, Payload: b}.Message()) {
		return peer.ErrFull
	}
	return nil
}

// Bind makes recv the receiver of a channel, see [peer.Link]. recv runs on the
// room's goroutine or the mesh's, one call at a time. It panics on a channel
// that does not exist.
func (r *Room) Bind(ch peer.Channel, recv func(from peer.ID, b []byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.receiver[ch] = recv
}

// State reports whether messages reach that member now, by the mesh or by the
// server. The room itself is in [Room.Snapshot].
func (r *Room) State(to peer.ID) peer.State {
	if mesh := r.attachedMesh(); mesh != nil && mesh.State(to) == peer.Linked {
		return peer.Linked
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.serverState(to)
}

// serverState is what the server can do for messages to that member. r.mu is
// held.
func (r *Room) serverState(to peer.ID) peer.State {
	if r.room == nil || r.err != nil || to == r.key.ID() {
		return peer.Unlinked
	}
	m := r.room.Member(to)
	switch {
	case m == nil:
		return peer.Unlinked
	case r.entered && m.Online:
		return peer.Linked
	}
	return peer.Linking
}

// hand gives a message to the receiver of its channel.
func (r *Room) hand(from peer.ID, ch peer.Channel, b []byte) {
	r.handing.Lock()
	defer r.handing.Unlock()
	r.mu.Lock()
	recv := r.receiver[ch]
	r.mu.Unlock()
	if recv != nil {
		recv(from, b)
	}
}

// RoomID names the room, the same for all members and no other room; "" until
// it is entered.
func (r *Room) RoomID() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.room == nil {
		return ""
	}
	return fmt.Sprintf("%x", r.room.ID)
}

// Members returns who is in the room, self included, in the order in which they
// joined; nil until it is entered. The slice is the caller's.
func (r *Room) Members() []peer.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.room == nil {
		return nil
	}
	ids := make([]peer.ID, len(r.room.Members))
	for i, m := range r.room.Members {
		ids[i] = m.ID
	}
	return ids
}

// Sign signs in the name of Self. Whoever may call it may speak for the player:
// it is for the mesh.
func (r *Room) Sign(msg []byte) []byte { return r.key.Sign(msg) }

// ICEServers returns what the server recommends for linking, as
// "stun:host:port" or "turn:user:password@host:port?transport=udp", which
// nat.ParseICE reads; nil is none, or not known yet. The server renews accounts
// long before they expire, so ask again for each connection; and keep the list
// out of logs.
func (r *Room) ICEServers() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.ice)
}

// Attach makes m carry the reliable messages to the members that it links. The
// mesh calls it, once, with itself. The room takes the channels Room, Chat,
// Signal and User of m, and hands what comes there to its own receivers.
func (r *Room) Attach(m peer.Link) {
	r.mu.Lock()
	r.mesh = m
	r.mu.Unlock()
	for _, ch := range attached {
		m.Bind(ch, func(from peer.ID, b []byte) {
			if ch != peer.Room || !r.gossip(from, b) {
				r.hand(from, ch, b)
			}
		})
	}
}

func detach(m peer.Link) {
	for _, ch := range attached {
		m.Bind(ch, nil)
	}
}

func (r *Room) attachedMesh() peer.Link {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.mesh
}

// linkReport is what the server knows of our direct links: whom others reach it
// does not remove. It belongs to one connection.
type linkReport struct {
	told []peer.ID
	any  bool // something was told
}

// changed returns the message with the members that the mesh links, if they are
// others than the server knows; else nil.
func (l *linkReport) changed(r *Room) []byte {
	mesh := r.attachedMesh()
	if mesh == nil {
		return nil
	}
	var now []peer.ID
	for _, id := range r.Members() {
		if id != r.Self() && mesh.State(id) == peer.Linked {
			now = append(now, id)
		}
	}
	if slices.Equal(now, l.told) && (l.any || now == nil) {
		return nil
	}
	l.told, l.any = now, true
	return msg.Links(now)
}
