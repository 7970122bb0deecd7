//go:build !js

package lobby

import (
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const (
	// memberAfter is how long the server may take to let us in until we also ask
	// the member that the link names; sooner if the server is not there at all.
	memberAfter = time.Second
	// deniedFor is how long the server may refuse one whom a member let in, until
	// its word counts.
	deniedFor = 2 * time.Minute
)

// errNoRoom: the mesh is linked with the member, and nothing came of it.
var errNoRoom = errors.New("lobby: it did not tell us of its room in time")

// Invitation returns the text by which the mesh shall reach a member because the
// server cannot be reached; "" while that is not so. It is for the mesh.
func (r *Room) Invitation() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := &r.entry
	switch {
	case e.text == "" || r.err != nil || r.entered || r.room != nil && !e.in:
		return ""
	case r.room == nil && !e.open:
		e.open = time.Since(r.began) >= min(memberAfter, r.cfg.ReachWithin/3)
		if !e.open {
			return ""
		}
	}
	return e.text
}

// Met tells the room that the mesh has linked that player's process. It is for the
// mesh.
func (r *Room) Met(id peer.ID) {
	r.mu.Lock()
	mesh := r.mesh
	var b []byte
	if e := &r.entry; r.err == nil && !r.entered && e.text != "" && (r.room == nil || e.in) {
		b = msg.Hello{
			ID: r.key.ID(), Signature: make([]byte, 64), Game: r.cfg.Game, Build: r.cfg.Build, Name: r.cfg.Name, Code: r.target.code,
		}.Message()
	}
	r.mu.Unlock()
	if b != nil && mesh != nil {
		_ = mesh.Send(id, peer.Room, b)
	}
}

// answered takes the room from a member that we met.
func (r *Room) answered(h *msg.Hello) {
	room, self := h.Resume, r.key.ID()
	vouch := &msg.Vouch{By: h.ID}
	if copy(vouch.Signature[:], h.Signature); room.Member(h.ID) == nil || !vouch.Good(room.ID, self) {
		vouch = nil // it is a guest itself
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e := &r.entry
	switch {
	case r.err != nil || r.entered || e.text == "" || !e.open:
		return
	case r.room == nil:
		if err := r.misfit(room); err != nil {
			r.failed(err)
			return
		}
		e.in, e.vouch, r.lost = true, vouch, true
		r.tell(Entered{Code: room.Code, By: h.ID})
		r.update(room)
	case !e.in || room.ID != r.told.ID:
		return
	default:
		if e.vouch == nil {
			e.vouch = vouch
		}
		if room.Version > r.told.Version {
			r.update(room)
		}
	}
	if r.room.Member(self) == nil {
		r.failed(ErrRoomFull)
	}
}

// misfit returns why a room that a member showed is not for us.
func (r *Room) misfit(room *roomstate.Room) error {
	switch {
	case room.Game != r.cfg.Game:
		return &MismatchError{Field: "game", Ours: r.cfg.Game, Theirs: room.Game}
	case room.Build != r.cfg.Build:
		return &MismatchError{Field: "build", Ours: r.cfg.Build, Theirs: room.Build}
	case room.Code != r.target.code:
		return ErrOtherRoom
	case slices.Contains(room.Kicked, r.key.ID()):
		return ErrKicked
	}
	return nil
}

// turnedAway takes a member's refusal.
func (r *Room) turnedAway(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == ErrWrongCode {
		err = ErrOtherRoom
	}
	if e := &r.entry; e.open && e.text != "" && r.room == nil {
		r.failed(err)
	}
}

// failed is fail for who holds r.mu, from another goroutine than the room's, which
// ends by it.
func (r *Room) failed(err error) {
	if r.err == nil {
		r.err = err
		r.tell(Failed{err})
	}
	r.leaving = true
	r.poke()
}

// granted reports whether a refusal of the server does not end the room, because a
// member let us in: nobody who plays is thrown out by a server that has just come
// back. It does if the owner sent us away, or if the server stays with it.
func (r *Room) granted(code roomstate.Refusal) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := &r.entry; {
	case !e.in || code == roomstate.Kicked || code == roomstate.Forged || code == roomstate.BadRequest:
		return false
	case e.denied.IsZero():
		e.denied = time.Now()
		return true
	default:
		return time.Since(e.denied) < deniedFor
	}
}

// memberErr returns why the member that the link names did not let us in; nil if
// it names none.
func (r *Room) memberErr() error {
	if r.target.member == "" {
		return nil
	}
	if mesh, ok := r.attachedMesh().(interface{ InviteErr() error }); ok {
		if err := mesh.InviteErr(); err != nil {
			return err
		}
		return errNoRoom
	}
	return ErrNobodyAsked
}

const (
	memberFor   = 24 * time.Hour // that a link leads to this member
	memberAgain = time.Second    // until the mesh is asked again for its addresses
)

// memberText returns the mesh's own invitation; "" is none. Who is in the room by
// such a one cannot let others in.
func (r *Room) memberText() string {
	r.mu.Lock()
	mesh, ok := r.mesh.(interface {
		Invite(life time.Duration) (string, error)
	})
	g := &r.guests
	due := g.textAt.IsZero() || time.Since(g.textAt) >= memberAgain
	if !ok || r.room == nil || r.entry.in || !due {
		defer r.mu.Unlock()
		if r.entry.in {
			return ""
		}
		return g.text
	}
	g.textAt = time.Now()
	r.mu.Unlock()
	text, err := mesh.Invite(memberFor)
	if err != nil {
		r.log.Debug("lobby: invitations lead to the server alone", "because", err)
		text = ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	g.text = text
	return text
}

// maxMember is the longest invitation by a member that a link may carry, in bytes.
const maxMember = 2048

// parseMember returns a link's invitation by a member; "" is none. Whether it is
// one is for the mesh to say, if the server does not answer.
func parseMember(u *url.URL) string {
	for _, text := range []string{u.Fragment, u.RawQuery} {
		if values, err := url.ParseQuery(text); err == nil && values.Get("by") != "" && len(values.Get("by")) <= maxMember {
			return values.Get("by")
		}
	}
	return ""
}
