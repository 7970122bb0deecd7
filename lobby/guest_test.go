//go:build !js

package lobby_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// invited is what somebody gets who shall come in by p, at an address where no
// server is.
func invited(t *testing.T, p *machine, nowhere string) string {
	t.Helper()
	invite, ok := p.room.Invite()
	if !ok || !strings.Contains(invite.Link, "#by=") {
		t.Fatalf("the link names no member: %+v", invite)
	}
	_, member, _ := strings.Cut(invite.Link, "#")
	return "http://" + nowhere + "/r/" + invite.Code + "#" + member
}

// TestBadLinks: whoever cannot come in learns why, and what to do.
func TestBadLinks(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	dead := newGate(t, s)
	dead.shut(true)
	cfg := s.config()
	cfg.Key = key(0)
	host := newMachine(t, cfg, false)
	in(t, host.room)
	cfg.Key, cfg.Room = key(1), host.room.Snapshot().Code
	gone := newMachine(t, cfg, false)
	in(t, gone.room)
	link := invited(t, host, dead.addr)
	cfg.Key = key(2)
	other := newMachine(t, cfg, false)
	in(t, other.room)
	host.room.Do(lobby.Kick{Who: key(2).ID()})
	until(t, "kicked", func() bool { return other.room.Snapshot().Err != nil && host.room.Banned(key(2).ID()) })
	code := host.room.Snapshot().Code
	wrong := strings.NewReplacer("/r/"+code, "/r/ABC234").Replace(link)
	if code == "ABC234" {
		t.Skip("one in 729 million")
	}
	short, err := host.mesh.Invite(time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	silent := invited(t, gone, dead.addr)
	gone.close()
	head, _, _ := strings.Cut(link, "#")
	for name, tc := range map[string]struct {
		room   string
		change func(*lobby.Config)
		is     error
	}{
		"cut off":      {room: link[:len(link)-3], is: mesh.ErrNoInvite},
		"expired":      {room: head + "#by=" + short, is: mesh.ErrInviteExpired},
		"member gone":  {room: silent, is: mesh.ErrInviteSilent},
		"another room": {room: wrong, is: lobby.ErrOtherRoom},
		"kicked":       {room: link, change: func(c *lobby.Config) { c.Key = key(2) }, is: mesh.ErrInviteBarred},
		"no member":    {room: head, is: lobby.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := lobby.Config{Game: "pong/1", Build: "b1", Key: key(9), Room: tc.room, ReachWithin: time.Second}
			if tc.change != nil {
				tc.change(&cfg)
			}
			p := newMachine(t, cfg, false)
			err := ended(t, p.room)
			if !errors.Is(err, tc.is) {
				t.Errorf("%v; want %v", err, tc.is)
			}
			t.Log(err)
			if m := member(host.room, cfg.Key.ID()); m.Name != "" {
				t.Errorf("the room shows %+v", m)
			}
		})
	}
	t.Run("another build", func(t *testing.T) {
		p := newMachine(t, lobby.Config{Game: "pong/1", Build: "b2", Key: key(9), Room: link, ReachWithin: time.Second}, false)
		if e, ok := errors.AsType[*lobby.MismatchError](ended(t, p.room)); !ok || e.Ours != "b2" || e.Theirs != "b1" || e.Field != "build" {
			t.Error(p.room.Snapshot().Err)
		}
	})
	t.Run("no mesh", func(t *testing.T) {
		r := join(t, lobby.Config{Game: "pong/1", Build: "b1", Key: key(9), Room: link, ReachWithin: time.Second})
		if err := ended(t, r); !errors.Is(err, lobby.ErrNobodyAsked) || !errors.Is(err, lobby.ErrUnreachable) {
			t.Error(err)
		}
	})
	// With a server that answers, whatever names a member does not matter.
	_, member, _ := strings.Cut(silent, "#")
	cfg.Key, cfg.Room = key(9), "http://"+s.addr+"/r/"+code+"#"+member
	p := newMachine(t, cfg, false)
	in(t, p.room)
	if e, ok := find[lobby.Entered](&p.log); !ok || !e.By.IsZero() {
		t.Errorf("it entered as %+v", e)
	}
}

// TestGuestFollowsTheRoom: a guest whom only the server cannot be reached by sees
// what the others hear from it, who see the guest whatever the server says; it
// leaves as others do.
func TestGuestFollowsTheRoom(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	dead := newGate(t, s)
	dead.shut(true)
	cfg := s.config()
	cfg.Key, cfg.Name, cfg.Seats = key(0), "A", 4
	host := newMachine(t, cfg, false)
	in(t, host.room)
	guest := newMachine(t, lobby.Config{Game: "pong/1", Build: "b1", Key: key(9), Name: "J", Room: invited(t, host, dead.addr)}, false)
	code := in(t, guest.room)
	until(t, "shown", func() bool { return member(host.room, key(9).ID()).Guest })
	if g := member(guest.room, key(9).ID()); !g.Guest || !g.Self || g.Seat != 1 || g.Owner || g.Online {
		t.Errorf("it sees itself as %+v", g)
	}
	cfg.Key, cfg.Name, cfg.Room = key(1), "B", code
	late := newMachine(t, cfg, false)
	in(t, late.room)
	until(t, "everybody sees and links everybody", func() bool {
		for _, p := range []*machine{host, late, guest} {
			for _, q := range []*machine{host, late, guest} {
				if m := member(p.room, q.room.Self()); m.Name == "" || p != q && !m.Linked {
					return false
				}
			}
		}
		return true
	})
	if err := host.room.Do(lobby.Settings{Bytes: []byte("fog")}); err != nil {
		t.Fatal(err)
	}
	until(t, "settings", func() bool { return string(guest.room.Snapshot().Settings) == "fog" })
	late.room.Do(lobby.Ready{Ready: true})
	until(t, "ready", func() bool { return member(host.room, key(1).ID()).Ready && member(guest.room, key(1).ID()).Ready })
	host.room.Do(lobby.Start{})
	var m peer.Match
	until(t, "the match", func() bool { m, _ = host.room.Match(); got, ok := guest.room.Match(); return ok && got.ID == m.ID })
	if _, left := find[lobby.Left](&host.log); left || !member(host.room, key(9).ID()).Guest {
		t.Error("what the server told made the guest vanish")
	}
	guest.room.Leave()
	until(t, "it left", func() bool {
		return member(host.room, key(9).ID()).Name == "" && member(late.room, key(9).ID()).Name == ""
	})
	for _, p := range []*machine{host, late} {
		if e, ok := find[lobby.Left](&p.log); !ok || e.Peer != key(9).ID() || e.Reason != lobby.LeftByChoice {
			t.Errorf("it left as %+v", e)
		}
	}
}

// TestServerRefusesAGuest: a server that has no reason to let the guest in ends its
// stay, but not before the others had time to come back to it.
func TestServerRefusesAGuest(t *testing.T) {
	const stays = 1500 * time.Millisecond
	s := serve(t, rendezvous.Config{})
	way := newGate(t, s)
	way.shut(true)
	cfg := s.config()
	cfg.Key, cfg.Seats = key(0), 3
	owner := newMachine(t, cfg, false)
	cfg.Room = in(t, owner.room)
	cfg.Key = key(1)
	host := newMachine(t, cfg, false)
	in(t, host.room)
	again := lobby.Config{Game: "pong/1", Build: "b1", Key: key(9), Room: invited(t, host, way.addr)}
	again.DenyFor(stays)
	guest := newMachine(t, again, false)
	in(t, guest.room)
	until(t, "linked", func() bool { return member(owner.room, key(9).ID()).Linked })
	// Who vouched for it leaves, and a match begins.
	host.close()
	until(t, "the host left", func() bool { return member(owner.room, key(1).ID()).Name == "" })
	owner.room.Do(lobby.Start{})
	until(t, "the match", func() bool { _, ok := owner.room.Match(); return ok })
	way.shut(false)
	began := time.Now()
	err := ended(t, guest.room)
	if took := time.Since(began); !errors.Is(err, lobby.ErrAlreadyStarted) || took < stays {
		t.Errorf("it ended after %v: %v", took, err)
	}
	if !member(owner.room, key(9).ID()).Guest {
		t.Error("premise: it was a guest until then")
	}
	guest.mesh.Close()
	if _, left := find[lobby.Left](&owner.log); !left {
		t.Error("premise: the host's leaving was told")
	}
	owner.room.Gone(key(9).ID()) // as the mesh says after two minutes
	if member(owner.room, key(9).ID()).Name != "" {
		t.Error("it is gone and still shown")
	}
}
