//go:build !js

package lobby_test

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

var _ mesh.Host = (*lobby.Room)(nil)

// digest is a game whose whole state is a digest of all moves, and which keeps the
// state before each frame.
type digest struct {
	now    uint64
	states []uint64
}

type tug struct{ Pull int8 }

func (g *digest) Start(m peer.Match) { *g = digest{now: m.Seed} }

func (g *digest) Step(in netcode.Input[tug]) {
	g.states = append(g.states[:in.Frame], g.now)
	for _, s := range in.Seats {
		g.now = g.now*1099511628211 + uint64(uint8(s.Move.Pull)) + uint64(s.Status)<<8
	}
}

// machine is one player with all that a game has.
type machine struct {
	room *lobby.Room
	mesh *mesh.Mesh
	chat *chat.Chat
	log  log
	game digest
	sess *netcode.Session[tug] // nil is none
	n    int
}

func newMachine(t *testing.T, cfg lobby.Config, plays bool) *machine {
	t.Helper()
	p := &machine{room: lobby.Join(cfg)}
	p.mesh = mesh.New(p.room, mesh.Config{Loopback: true})
	if err := p.mesh.Err(); err != nil {
		t.Fatal(err)
	}
	p.chat = chat.New(p.room, chat.Config{})
	p.log.room = p.room
	if plays {
		p.sess = netcode.New(&p.game, p.mesh, p.room, netcode.Config{Build: "test", CheckInterval: 30, DropAfter: time.Second})
	}
	t.Cleanup(p.close)
	return p
}

// close ends the process, as far as there is one.
func (p *machine) close() {
	if p.sess != nil {
		p.sess.Close()
	}
	p.room.Close()
	p.mesh.Close()
}

// table is players who are ticked together.
type table struct {
	t    *testing.T
	list []*machine
}

// until ticks everybody until cond holds, and returns how long that took.
func (tb *table) until(what string, cond func() bool) time.Duration {
	tb.t.Helper()
	began := time.Now()
	beat := time.NewTicker(4 * time.Millisecond)
	defer beat.Stop()
	for !cond() {
		if time.Since(began) > patience {
			for _, p := range tb.list {
				tb.t.Log(p.log.read())
			}
			tb.t.Fatalf("waited %v for: %s", patience, what)
		}
		<-beat.C
		for _, p := range tb.list {
			if p.sess == nil {
				continue
			}
			p.n++
			if err := p.sess.Tick(tug{int8(p.n * 7)}); err != nil {
				tb.t.Fatal(err)
			}
		}
	}
	return time.Since(began)
}

// pass lets them play for a while, and returns how many frames each stepped and in
// how many ticks it could not.
func (tb *table) pass(d time.Duration) (frames, stalled int) {
	tb.t.Helper()
	before := make([]netcode.Stats, len(tb.list))
	for i, p := range tb.list {
		before[i] = p.sess.Stats()
	}
	end := time.Now().Add(d)
	tb.until("time", func() bool { return time.Now().After(end) })
	frames = 1 << 30
	for i, p := range tb.list {
		st := p.sess.Stats()
		frames = min(frames, int(st.Frame-before[i].Frame))
		stalled += int(st.StalledTicks - before[i].StalledTicks)
	}
	return frames, stalled
}

// same fails unless all went through the same states up to a confirmed frame, and
// returns that.
func (tb *table) same() netcode.Frame {
	tb.t.Helper()
	low := netcode.Frame(1 << 30)
	for _, p := range tb.list {
		low = min(low, p.sess.Stats().Confirmed-1)
	}
	for f := range low {
		for i, p := range tb.list {
			if p.game.states[f] != tb.list[0].game.states[f] {
				tb.t.Fatalf("frame %d: machine %d is in another state", f, i)
			}
		}
	}
	return low
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

// TestNewcomerWithoutServer: three of four play on after the fourth's program
// died, the server is dead, and the fourth enters the match by the link of one of
// them: it plays on its seat, in the same states. A fifth who was never there comes
// in by that link, too: all see it and talk with it. Nobody waits a tick for either.
// Then a server without memory is there, and the room is one room of five.
func TestNewcomerWithoutServer(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	gate := newGate(t, s)
	play(t, s, gate, func() { s.stop() }, func() { s.start() })
}

// TestNewcomerWithoutReach is the same with a server that lives and remembers a
// room without the newcomers, which nobody reaches for a while.
func TestNewcomerWithoutReach(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	gate := newGate(t, s)
	play(t, s, gate, func() { gate.shut(true) }, func() { gate.shut(false) })
}

func play(t *testing.T, s *service, gate *gate, kill, revive func()) {
	config := func(n byte, room string) lobby.Config {
		cfg := s.config()
		cfg.Server, cfg.Key, cfg.Name, cfg.Room, cfg.Seats = gate.addr, key(n), string(rune('A'+n)), room, 4
		return cfg
	}
	tb := &table{t: t}
	code := ""
	for n := range byte(4) {
		p := newMachine(t, config(n, code), true)
		code = in(t, p.room)
		tb.list = append(tb.list, p)
		if n > 0 {
			p.room.Do(lobby.Ready{Ready: true})
		}
	}
	tb.until("the match runs", func() bool {
		ready := 0
		for _, m := range tb.list[0].room.Snapshot().Members {
			if m.Ready && m.Linked {
				ready++
			}
		}
		if _, started := tb.list[0].room.Match(); ready == 3 && !started {
			tb.list[0].room.Do(lobby.Start{})
		}
		for _, p := range tb.list {
			if p.sess.Stats().Confirmed < 30 {
				return false
			}
		}
		return true
	})
	// The fourth's program dies in the match, and its place in the room is gone.
	fourth := tb.list[3]
	tb.list = tb.list[:3]
	fourth.mesh.Close()
	fourth.room.Close()
	fourth.sess.Close()
	fourth.sess = nil
	tb.until("the three play on", func() bool {
		for _, p := range tb.list {
			if st := p.sess.Stats(); st.Seat[3].Status == netcode.Playing || st.Split {
				return false
			}
		}
		return true
	})
	hosts := append([]*machine(nil), tb.list...)
	invite, ok := hosts[1].room.Invite()
	if !ok {
		t.Fatal("no invitation")
	}
	t.Logf("%d characters: %s", len(invite.Link), invite.Link)
	kill()
	tb.until("the server is lost", func() bool {
		for _, p := range hosts {
			if p.room.Snapshot().Reachable {
				return false
			}
		}
		return true
	})
	epoch := hosts[0].sess.Stats().Epoch
	frames, stalled := tb.pass(2 * time.Second)
	t.Logf("three alone: %d frames in 2 s, %d stalled ticks", frames, stalled)

	again := config(3, invite.Link)
	again.Server = ""
	fresh := config(9, invite.Link)
	fresh.Server = ""
	began := [3]netcode.Stats{}
	for i, p := range hosts {
		began[i] = p.sess.Stats()
	}
	start := time.Now()
	back := newMachine(t, again, true)
	tb.list = append(tb.list, back)
	guest := newMachine(t, fresh, false)
	tb.until("both are in the room", func() bool {
		return back.room.Snapshot().Phase == lobby.Running && guest.room.Snapshot().Phase == lobby.Running
	})
	entered := time.Since(start)
	tb.until("the fourth plays", func() bool {
		st := back.sess.Stats()
		return st.Phase == netcode.Running && !st.Guest && st.Confirmed > hosts[0].sess.Stats().Frame-60
	})
	t.Logf("in the room after %v, on its seat after %v", entered, time.Since(start))
	tb.until("all know the epoch", func() bool {
		for _, p := range tb.list {
			if st := p.sess.Stats(); st.Epoch <= epoch || st.Seat[3].Status != netcode.Playing {
				return false
			}
		}
		return true
	})
	for i, p := range hosts {
		st, took := p.sess.Stats(), time.Since(start)
		lost := st.StalledTicks - began[i].StalledTicks
		if due := int(took * 60 / time.Second); int(st.Frame-began[i].Frame) < due-6 || lost > int64(due/20) {
			t.Errorf("player %d: %d frames of %d, %d stalled ticks while the fourth came", i, st.Frame-began[i].Frame, due, lost)
		}
	}
	if tb.same() < 60 {
		t.Error("premise: nothing to compare")
	}
	// What the room shows of them.
	for _, p := range []*machine{back, guest} {
		e, ok := find[lobby.Entered](&p.log)
		if !ok || e.By != hosts[1].room.Self() || e.Code != code {
			t.Errorf("it entered as %+v", e)
		}
		if st := p.room.Snapshot(); st.Reachable || st.Owner != hosts[0].room.Self() {
			t.Errorf("%+v", st)
		}
		if err := p.room.Do(lobby.Ready{}); err == nil {
			t.Error("commands go without the server")
		}
	}
	everywhere := append(append([]*machine(nil), tb.list...), guest)
	tb.until("the guest is seen and linked", func() bool {
		for _, p := range everywhere {
			m := member(p.room, guest.room.Self())
			if len(p.room.Snapshot().Members) != 5 || m.Name != "J" || !m.Guest || !m.Linked && p != guest || m.Owner {
				return false
			}
		}
		return true
	})
	if err := guest.chat.Say(chat.Room, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := hosts[0].chat.Say(chat.Room, "welcome"); err != nil {
		t.Fatal(err)
	}
	tb.until("they talk", func() bool {
		for _, p := range everywhere {
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

	revive()
	tb.until("one room of five", func() bool { return everybody(everywhere, 5) })
	tb.until("the server is back for all", func() bool {
		for _, p := range everywhere {
			if count[lobby.ServerBack](&p.log) != 1 {
				return false
			}
		}
		return true
	})
	frames, stalled = tb.pass(time.Second)
	if frames < 54 {
		t.Errorf("after the server came back: %d frames in a second, %d stalled ticks", frames, stalled)
	}
	t.Logf("all four in the same states up to frame %d", tb.same())
	for i, p := range hosts {
		joined := 0
		for _, e := range p.log.read() {
			if e, ok := e.(lobby.Joined); ok && e.Member.ID == guest.room.Self() {
				joined++
			}
			if e, ok := e.(lobby.Left); ok && e.Peer == guest.room.Self() {
				t.Errorf("player %d saw it leave", i)
			}
		}
		if joined != 1 {
			t.Errorf("player %d saw it come %d times", i, joined)
		}
	}
	// The owner's word counts for the guest as for anybody.
	if err := hosts[0].room.Do(lobby.Kick{Who: guest.room.Self()}); err != nil {
		t.Fatal(err)
	}
	tb.until("it is sent away", func() bool {
		for _, p := range hosts {
			if p.mesh.State(guest.room.Self()) != peer.Unlinked || len(p.room.Snapshot().Members) != 4 {
				return false
			}
		}
		return guest.room.Snapshot().Err == lobby.ErrKicked
	})
}

// gate stands between players and a server, and can be shut.
type gate struct {
	addr string

	mu     sync.Mutex
	to     *service
	closed bool
	open   map[net.Conn]bool
}

func newGate(t *testing.T, to *service) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{addr: l.Addr().String(), to: to, open: map[net.Conn]bool{}}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wait.Go(func() { g.pass(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		g.shut(true)
		wait.Wait()
	})
	return g
}

func (g *gate) pass(c net.Conn) {
	defer c.Close()
	out, err := net.Dial("tcp", g.to.addr)
	if err != nil {
		return
	}
	defer out.Close()
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return
	}
	g.open[c], g.open[out] = true, true
	g.mu.Unlock()
	var wait sync.WaitGroup
	for _, way := range [][2]net.Conn{{c, out}, {out, c}} {
		wait.Go(func() {
			io.Copy(way[0], way[1])
			way[0].Close()
			way[1].Close()
		})
	}
	wait.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.open, c)
	delete(g.open, out)
}

// shut lets nobody through, or again everybody.
func (g *gate) shut(yes bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = yes
	for c := range g.open {
		if yes {
			c.Close()
		}
	}
}
