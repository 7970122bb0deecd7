//go:build !js

package lobby_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// alone is a machine that does not reach the server.
func alone(p *machine) { p.alone = true }

// link is p's invitation, which names it.
func (w *town) link(p *machine) string {
	w.t.Helper()
	invite, ok := p.room.Invite()
	if !ok || !strings.Contains(invite.Link, "#by=") {
		w.t.Fatalf("the link names no member: %+v", invite)
	}
	return invite.Link
}

// pair is a room of two players, who are linked.
func (w *town) pair() (owner, host *machine) {
	w.t.Helper()
	owner = w.enter(w.lab.Host(), w.config(0, ""), false)
	host = w.enter(w.lab.Host(), w.config(1, w.in(owner)), false)
	w.in(host)
	w.until("linked", func() bool { return linked(owner, host) })
	return owner, host
}

// TestBadLinks: whoever cannot come in learns why, and what to do.
func TestBadLinks(t *testing.T) {
	inTown(t, func(w *town) {
		owner, gone := w.pair()
		kicked := w.enter(w.lab.Host(), w.config(2, w.in(owner)), false)
		w.in(kicked)
		owner.room.Do(lobby.Kick{Who: key(2).ID()})
		w.until("kicked", func() bool { return kicked.room.Snapshot().Err != nil && owner.room.Banned(key(2).ID()) })
		link, silent := w.link(owner), w.link(gone)
		gone.close()
		short, err := owner.mesh.Invite(time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(link, "#")
		code := owner.room.Snapshot().Code
		wrong := strings.Replace(link, "/r/"+code, "/r/"+strings.Map(func(c rune) rune { return map[bool]rune{true: '3', false: '2'}[c == '2'] }, code), 1)
		build := func(c *lobby.Config) { c.Build = "b2" }
		for _, c := range []struct {
			name, link string
			change     func(*lobby.Config)
			is         error
		}{
			{"cut off", link[:len(link)-3], nil, mesh.ErrNoInvite},
			{"expired", head + "#by=" + short, nil, mesh.ErrInviteExpired},
			{"member gone", silent, nil, mesh.ErrInviteSilent},
			{"another room", wrong, nil, lobby.ErrOtherRoom},
			{"sent away", link, func(c *lobby.Config) { c.Key = key(2) }, mesh.ErrInviteBarred},
			{"no member", head, nil, lobby.ErrUnreachable},
			{"another build", link, build, &lobby.MismatchError{Field: "build", Ours: "b2", Theirs: "b1"}},
			{"another game", link, func(c *lobby.Config) { c.Game = "chess/1" }, &lobby.MismatchError{Field: "game", Ours: "chess/1", Theirs: "pong/1"}},
		} {
			cfg := w.config(9, c.link)
			if c.change != nil {
				c.change(&cfg)
			}
			p := w.enter(w.lab.Host(), cfg, false, alone)
			err := w.ended(p)
			want, differs := errors.AsType[*lobby.MismatchError](c.is)
			if got, ok := errors.AsType[*lobby.MismatchError](err); differs && (!ok || *got != *want) || !differs && !errors.Is(err, c.is) {
				t.Errorf("%s: %v; want %v", c.name, err, c.is)
			}
			t.Logf("%s: %v", c.name, err)
			if m := member(owner.room, cfg.Key.ID()); m.Name != "" {
				t.Errorf("%s: the room shows %+v", c.name, m)
			}
			p.close()
		}
		cfg := w.config(9, link)
		cfg.ReachWithin = time.Second
		cfg.On(w.dial(&machine{alone: true}))
		r := lobby.Join(cfg)
		defer r.Close()
		w.until("no mesh", func() bool { return r.Snapshot().Err != nil })
		if err := r.Snapshot().Err; !errors.Is(err, lobby.ErrNobodyAsked) || !errors.Is(err, lobby.ErrUnreachable) {
			t.Error(err)
		}
		// With a server that answers, whatever names a member does not matter.
		p := w.enter(w.lab.Host(), w.config(9, silent), false)
		w.in(p)
		if e, ok := find[lobby.Entered](&p.log); !ok || !e.By.IsZero() {
			t.Errorf("it entered as %+v", e)
		}
	})
}

// TestGuestFollowsTheRoom: a guest whom only the server cannot be reached by sees
// what the others hear from it, who see the guest whatever the server says; it
// leaves as others do.
func TestGuestFollowsTheRoom(t *testing.T) {
	inTown(t, func(w *town) {
		owner, host := w.pair()
		guest := w.enter(w.lab.Host(), w.config(9, w.link(host)), false, alone)
		code, id := w.in(guest), key(9).ID()
		w.until("shown", func() bool { return member(owner.room, id).Guest })
		if g := member(guest.room, id); !g.Guest || !g.Self || g.Seat != 2 || g.Owner || g.Online {
			t.Errorf("it sees itself as %+v", g)
		}
		late := w.enter(w.lab.Host(), w.config(2, code), false)
		w.in(late)
		w.until("everybody sees and links everybody", func() bool { return linked(owner, host, late, guest) })
		w.talk([]*machine{owner, host, late, guest}, guest, owner)
		if err := owner.room.Do(lobby.Settings{Bytes: []byte("fog")}); err != nil {
			t.Fatal(err)
		}
		w.until("settings", func() bool { return string(guest.room.Snapshot().Settings) == "fog" })
		host.room.Do(lobby.Ready{Ready: true})
		late.room.Do(lobby.Ready{Ready: true})
		w.until("ready", func() bool { return member(guest.room, key(1).ID()).Ready && member(guest.room, key(2).ID()).Ready })
		owner.room.Do(lobby.Start{})
		var m peer.Match
		w.until("the match", func() bool {
			m, _ = owner.room.Match()
			got, ok := guest.room.Match()
			return ok && got.ID == m.ID
		})
		if _, left := find[lobby.Left](&owner.log); left || !member(owner.room, id).Guest {
			t.Error("what the server told made the guest vanish")
		}
		guest.room.Leave()
		for _, p := range []*machine{owner, host, late} {
			w.until("it left", func() bool { return member(p.room, id).Name == "" })
			if e, ok := find[lobby.Left](&p.log); !ok || e.Peer != id || e.Reason != lobby.LeftByChoice {
				t.Errorf("it left as %+v", e)
			}
		}
	})
}

// TestGuestIsWaitedFor: a guest whose program died is shown for two minutes, and no
// longer, while the server tells of other things all the time.
func TestGuestIsWaitedFor(t *testing.T) {
	inTown(t, func(w *town) {
		owner, host := w.pair()
		guest := w.enter(w.lab.Host(), w.config(9, w.link(host)), false, alone)
		w.in(guest)
		id := key(9).ID()
		w.until("linked", func() bool { return linked(owner, host, guest) })
		guest.mesh.Close()
		died := time.Now()
		told := 0
		for time.Since(died) < 119*time.Second {
			owner.room.Do(lobby.Settings{Bytes: []byte{byte(told)}})
			told++
			w.pass(7 * time.Second)
			if !member(owner.room, id).Guest || !member(host.room, id).Guest {
				t.Fatalf("it vanished after %v", time.Since(died))
			}
		}
		w.pass(6 * time.Second)
		for _, p := range []*machine{owner, host} {
			e, ok := find[lobby.Left](&p.log)
			if m := member(p.room, id); m.Name != "" || !ok || e.Peer != id || e.Reason != lobby.LeftByLoss {
				t.Errorf("after %v it is shown as %+v; it left as %+v", time.Since(died), m, e)
			}
		}
		if s := host.room.Snapshot().Settings; len(s) != 1 || int(s[0]) != told-1 {
			t.Errorf("premise: the server told %v of %d settings", s, told)
		}
	})
}

// TestServerRefusesAGuest: a server that has no reason to let the guest in ends its
// stay, but not within two minutes.
func TestServerRefusesAGuest(t *testing.T) {
	inTown(t, func(w *town) {
		owner, host := w.pair()
		guest := w.enter(w.lab.Host(), w.config(9, w.link(host)), false, alone)
		w.in(guest)
		w.until("linked", func() bool { return linked(owner, host, guest) })
		// Who vouched for it leaves, and a match begins.
		host.close()
		w.until("the host left", func() bool { return member(owner.room, key(1).ID()).Name == "" })
		owner.room.Do(lobby.Start{})
		w.until("the match", func() bool { _, ok := owner.room.Match(); return ok })
		w.mu.Lock()
		guest.alone = false
		w.mu.Unlock()
		w.pass(115 * time.Second)
		if err := guest.room.Snapshot().Err; err != nil || !member(owner.room, key(9).ID()).Guest {
			t.Fatalf("the server ends its stay at once: %v", err)
		}
		if err := w.ended(guest); !errors.Is(err, lobby.ErrAlreadyStarted) {
			t.Error(err)
		}
	})
}
