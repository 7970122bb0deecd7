//go:build !js

package lobby_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// town is players and a lobby server in a laboratory, in virtual time: the players'
// own packets take 25 ms, the server's connections none.
type town struct {
	t    *testing.T
	lab  *natlab.Lab
	list []*machine // those who are ticked

	mu   sync.Mutex
	door chan net.Conn // to the server; nil while it is dead
	away bool          // nobody reaches it
	open map[net.Conn]*machine
	stop func()
	made func(*machine) // is told of each machine
}

// inTown runs f in a town with a server.
func inTown(t *testing.T, f func(w *town)) {
	synctest.Test(t, func(t *testing.T) {
		w := &town{t: t, open: map[net.Conn]*machine{}}
		w.lab = natlab.New(natlab.Config{Seed: 1, Weather: weather.Weather{Latency: 25 * time.Millisecond}})
		defer w.lab.Close()
		w.start()
		defer w.kill()
		var all []*machine
		defer func() {
			for _, p := range all {
				p.close()
			}
			time.Sleep(time.Second) // connections are closing
		}()
		w.made = func(p *machine) { all = append(all, p) }
		f(w)
	})
}

// start makes a server that knows nothing.
func (w *town) start() {
	srv, err := rendezvous.New(rendezvous.Config{})
	if err != nil {
		w.t.Fatal(err)
	}
	l := &listener{in: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: srv}
	var done sync.WaitGroup
	done.Go(func() { _ = server.Serve(l) }) // it ends with Close
	w.mu.Lock()
	defer w.mu.Unlock()
	w.door = l.in
	w.stop = func() {
		_ = server.Close()
		_ = srv.Close()
		done.Wait()
	}
}

// kill ends the server and all that it knows.
func (w *town) kill() {
	w.mu.Lock()
	stop := w.stop
	w.door, w.stop = nil, nil
	w.mu.Unlock()
	if stop != nil {
		w.cut(func(*machine) bool { return true })
		stop()
	}
}

// hide keeps everybody from the server, or nobody any more.
func (w *town) hide(yes bool) {
	w.mu.Lock()
	w.away = yes
	w.mu.Unlock()
	if yes {
		w.cut(func(*machine) bool { return true })
	}
}

// cut ends the server's connections with those.
func (w *town) cut(whose func(*machine) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c, p := range w.open {
		if whose(p) {
			_ = c.Close()
			delete(w.open, c)
		}
	}
}

// listener is where the server's connections come in.
type listener struct {
	in     chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.in:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

// dial connects a machine with the server.
func (w *town) dial(p *machine) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		w.mu.Lock()
		door := w.door
		if w.away || p.alone || addr != "lobby:80" {
			door = nil
		}
		w.mu.Unlock()
		if door == nil {
			return nil, errors.New("nobody is there")
		}
		ours, theirs := net.Pipe()
		select {
		case door <- theirs:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.open[ours] = p
		return ours, nil
	}
}

// config is the n-th player's.
func (w *town) config(n byte, room string) lobby.Config {
	cfg := lobby.Config{Game: "pong/1", Build: "b1", Key: key(n), Name: string(rune('A' + n)), Room: room, Seats: 4}
	if room == "" || len(room) == 6 {
		cfg.Server = "ws://lobby"
	}
	return cfg
}

// machine is one player with all that a game has.
type machine struct {
	room  *lobby.Room
	mesh  *mesh.Mesh
	chat  *chat.Chat
	log   log
	game  digest
	sess  *netcode.Session[tug] // nil is none
	n     int
	alone bool // the server is out of its reach
}

// enter makes a machine on a host of its own. plays: it has a session, and is
// ticked from now on.
func (w *town) enter(h *natlab.Host, cfg lobby.Config, plays bool, change ...func(*machine)) *machine {
	w.t.Helper()
	p := &machine{}
	for _, f := range change {
		f(p)
	}
	cfg.On(w.dial(p))
	p.room = lobby.Join(cfg)
	p.mesh = mesh.NewOn(h.Net(), p.room, mesh.Config{})
	if err := p.mesh.Err(); err != nil {
		w.t.Fatal(err)
	}
	p.chat = chat.New(p.room, chat.Config{})
	p.log.room = p.room
	if plays {
		p.sess = netcode.New(&p.game, p.mesh, p.room, netcode.Config{Build: "test", CheckInterval: 30, DropAfter: time.Second})
		w.list = append(w.list, p)
	}
	w.made(p)
	return p
}

// close ends the process, as far as there is one.
func (p *machine) close() {
	if p.sess != nil {
		p.sess.Close()
		p.sess = nil
	}
	p.room.Close()
	p.mesh.Close()
}

// until ticks everybody until cond holds, and returns how long that took.
func (w *town) until(what string, cond func() bool) time.Duration {
	w.t.Helper()
	began := time.Now()
	for !cond() {
		if time.Since(began) > patience {
			for _, p := range w.list {
				w.t.Log(p.log.read(), p.sess.Stats())
			}
			w.t.Fatalf("waited %v for: %s", patience, what)
		}
		w.tick()
	}
	return time.Since(began)
}

func (w *town) tick() {
	w.t.Helper()
	time.Sleep(4 * time.Millisecond)
	for _, p := range w.list {
		p.n++
		if err := p.sess.Tick(tug{int8(p.n * 7)}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// pass lets time pass.
func (w *town) pass(d time.Duration) {
	w.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		w.tick()
	}
}

// in waits until a room is entered, and returns its code.
func (w *town) in(p *machine) string {
	w.t.Helper()
	w.until("the room is entered", func() bool {
		s := p.room.Snapshot()
		if s.Err != nil {
			w.t.Fatalf("the room ended: %v", s.Err)
		}
		return s.Phase != lobby.Joining
	})
	return p.room.Snapshot().Code
}

// ended waits until a room has ended and returns its error.
func (w *town) ended(p *machine) error {
	w.t.Helper()
	w.until("the room ends", func() bool { return p.room.Snapshot().Err != nil })
	return p.room.Snapshot().Err
}

// linked reports whether all rooms show all of these, linked.
func linked(list ...*machine) bool {
	for _, p := range list {
		for _, q := range list {
			if m := member(p.room, q.room.Self()); m.Name == "" || p != q && !m.Linked {
				return false
			}
		}
	}
	return true
}

// same fails unless all went through the same states up to a confirmed frame, and
// returns that.
func (w *town) same() netcode.Frame {
	w.t.Helper()
	low := netcode.Frame(1 << 30)
	for _, p := range w.list {
		low = min(low, p.sess.Stats().Confirmed-1)
	}
	for f := range low {
		for i, p := range w.list {
			if p.game.states[f] != w.list[0].game.states[f] {
				w.t.Fatalf("frame %d: machine %d is in another state", f, i)
			}
		}
	}
	return low
}

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
