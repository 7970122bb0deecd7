//go:build !js

package lobby_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

var _ mesh.Host = (*lobby.Room)(nil)

// TestNewcomerWithoutServer: three of four play on after the fourth's program
// died, the server is dead, and the fourth enters the match by the link of one of
// them: it plays on its seat, in the same states. A fifth who was never there comes
// in by that link, too: all see it and talk with it. Nobody waits a tick for either.
// Then a server without memory is there, and the room is one room of five. With
// TUTTI_LONG=1 the server is dead for more than a minute.
func TestNewcomerWithoutServer(t *testing.T) {
	inTown(t, func(w *town) { newcomers(w, w.kill, w.start) })
}

// TestNewcomerWithoutReach is the same with a server that lives and remembers a
// room without the newcomers, which nobody reaches for a while.
func TestNewcomerWithoutReach(t *testing.T) {
	inTown(t, func(w *town) { newcomers(w, func() { w.hide(true) }, func() { w.hide(false) }) })
}

func newcomers(w *town, kill, revive func()) {
	dead := 2 * time.Second // and five times that with the newcomers in the match
	if os.Getenv("TUTTI_LONG") != "" {
		dead = 10 * time.Second
	}
	hosts := w.three()
	epoch := hosts[0].sess.Stats().Epoch
	invite, _ := hosts[1].room.Invite()
	w.t.Logf("%d characters: %s", len(invite.Link), invite.Link)
	kill()
	w.until("the server is lost", func() bool {
		return !slices.ContainsFunc(hosts, func(p *machine) bool { return p.room.Snapshot().Reachable })
	})
	w.pass(dead)

	ticks := w.watch(hosts)
	start := time.Now()
	back := w.enter(w.lab.Behind(natlab.PortRestricted()), w.config(3, invite.Link), true)
	guest := w.enter(w.lab.Behind(natlab.PortRestricted()), w.config(9, invite.Link), false)
	w.until("both are in the room", func() bool {
		return back.room.Snapshot().Phase == lobby.Running && guest.room.Snapshot().Phase == lobby.Running
	})
	entered := time.Since(start)
	w.until("the fourth plays", func() bool {
		st := back.sess.Stats()
		return st.Phase == netcode.Running && !st.Guest && st.Confirmed > hosts[0].sess.Stats().Frame-60
	})
	w.t.Logf("in the room after %v, on its seat after %v", entered, time.Since(start))
	w.until("all know the epoch", func() bool {
		for _, p := range w.list {
			if st := p.sess.Stats(); st.Epoch <= epoch || st.Seat[3].Status != netcode.Playing {
				return false
			}
		}
		return true
	})
	w.pass(5 * dead)
	ticks("while the fourth came", 2)
	if f := w.same(); f < 600 {
		w.t.Errorf("premise: %d frames to compare", f)
	}
	// What the room shows of them.
	everywhere := append(slices.Clone(w.list), guest)
	for _, p := range []*machine{back, guest} {
		e, ok := find[lobby.Entered](&p.log)
		if !ok || e.By != hosts[1].room.Self() || e.Code != invite.Code {
			w.t.Errorf("it entered as %+v", e)
		}
		if st := p.room.Snapshot(); st.Reachable || st.Owner != hosts[0].room.Self() {
			w.t.Errorf("%+v", st)
		}
		if err := p.room.Do(lobby.Ready{}); err != lobby.ErrServerLost {
			w.t.Errorf("commands without the server: %v", err)
		}
	}
	for _, p := range everywhere {
		m := member(p.room, guest.room.Self())
		if len(p.room.Snapshot().Members) != 5 || m.Name != "J" || !m.Guest || !m.Linked && p != guest || m.Owner {
			w.t.Errorf("the guest is shown as %+v", m)
		}
	}
	w.talk(everywhere, guest, hosts[0])

	ticks = w.watch(hosts)
	revive()
	w.until("one room of five", func() bool { return everybody(everywhere, 5) })
	w.pass(dead)
	ticks("when the server came back", 2)
	for i, p := range everywhere {
		if n := count[lobby.ServerBack](&p.log); n != 1 {
			w.t.Errorf("player %d heard %d times that the server is back", i, n)
		}
		if !everybody(everywhere, 5) {
			w.t.Errorf("player %d sees %+v", i, p.room.Snapshot().Members)
		}
	}
	w.t.Logf("all four in the same states up to frame %d", w.same())
	for i, p := range hosts {
		joined := 0
		for _, e := range p.log.read() {
			if e, ok := e.(lobby.Joined); ok && e.Member.ID == guest.room.Self() {
				joined++
			}
			if e, ok := e.(lobby.Left); ok && e.Peer == guest.room.Self() {
				w.t.Errorf("player %d saw it leave", i)
			}
		}
		if joined != 1 {
			w.t.Errorf("player %d saw it come %d times", i, joined)
		}
	}
	// The owner's word counts for the guest as for anybody.
	if err := hosts[0].room.Do(lobby.Kick{Who: guest.room.Self()}); err != nil {
		w.t.Fatal(err)
	}
	w.until("it is sent away", func() bool {
		for _, p := range hosts {
			if p.mesh.State(guest.room.Self()) != peer.Unlinked || len(p.room.Snapshot().Members) != 4 {
				return false
			}
		}
		return guest.room.Snapshot().Err == lobby.ErrKicked
	})
}

// three makes a match of four in which three play on: the fourth's program died,
// and its place in the room is gone.
func (w *town) three() []*machine {
	w.t.Helper()
	code := ""
	for n := range byte(4) {
		p := w.enter(w.lab.Host(), w.config(n, code), true)
		code = w.in(p)
		if n > 0 {
			p.room.Do(lobby.Ready{Ready: true})
		}
	}
	w.until("linked", func() bool { return linked(w.list...) })
	w.pass(100 * time.Millisecond)
	w.list[0].room.Do(lobby.Start{})
	w.until("the match runs", func() bool {
		return !slices.ContainsFunc(w.list, func(p *machine) bool { return p.sess.Stats().Confirmed < 30 })
	})
	fourth := w.list[3]
	w.list = w.list[:3:3]
	fourth.mesh.Close()
	fourth.close()
	w.until("the three play on", func() bool {
		return !slices.ContainsFunc(w.list, func(p *machine) bool {
			st := p.sess.Stats()
			return st.Seat[3].Status == netcode.Playing || st.Split
		})
	})
	return w.list
}

// watch begins to count ticks. What it returns fails the test if somebody lost more
// than most of them since, or waited for somebody.
func (w *town) watch(list []*machine) (end func(when string, most int)) {
	start := time.Now()
	began := make([]netcode.Stats, len(list))
	for i, p := range list {
		began[i] = p.sess.Stats()
		for range p.sess.Events() {
		}
	}
	return func(when string, most int) {
		w.t.Helper()
		due := int(time.Since(start) * 60 / time.Second)
		for i, p := range list {
			st := p.sess.Stats()
			frames := int(st.Frame - began[i].Frame)
			w.t.Logf("%s player %d stepped %d frames of %d, %d ticks stalled", when, i, frames, due, st.StalledTicks-began[i].StalledTicks)
			if frames < due-most {
				w.t.Error("ticks are lost")
			}
			for e := range p.sess.Events() {
				switch e.(type) {
				case netcode.Waiting, netcode.Split, netcode.Dropped, netcode.Desync:
					w.t.Errorf("player %d: %v", i, e)
				}
			}
		}
	}
}

// talk has two of them say something that all hear.
func (w *town) talk(all []*machine, a, b *machine) {
	w.t.Helper()
	for text, p := range map[string]*machine{"hello": a, "welcome": b} {
		if err := p.chat.Say(chat.Room, text); err != nil {
			w.t.Fatal(err)
		}
	}
	w.until("they talk", func() bool {
		for _, p := range all {
			said := map[string]bool{}
			for line := range p.chat.Lines() {
				said[line.Text] = true
			}
			if !said["hello"] || !said["welcome"] {
				return false
			}
		}
		return true
	})
}

// everybody reports whether all rooms show these members, each once, and nobody as
// a guest or away.
func everybody(list []*machine, members int) bool {
	for _, p := range list {
		s := p.room.Snapshot()
		if !s.Reachable || len(s.Members) != members {
			return false
		}
		for _, m := range s.Members {
			if m.Guest || !m.Online || !m.Self && !m.Linked {
				return false
			}
		}
	}
	return true
}
