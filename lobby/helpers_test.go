//go:build !js

package lobby_test

import (
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// until waits until cond holds, and fails the test if it never does.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !cond() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("waited %v for: %s", patience, what)
		}
	}
}

// during checks that cond holds all the time.
func during(t *testing.T, d time.Duration, what string, cond func() bool) {
	t.Helper()
	end := time.After(d)
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for {
		if !cond() {
			t.Fatalf("not all the time: %s", what)
		}
		select {
		case <-again.C:
		case <-end:
			return
		}
	}
}

// service is a rendezvous server that can die and come back at its address.
type service struct {
	t    *testing.T
	addr string
	cfg  rendezvous.Config
	srv  *rendezvous.Server
	http *http.Server
	done sync.WaitGroup
}

func serve(t *testing.T, cfg rendezvous.Config) *service {
	t.Helper()
	s := &service{t: t, addr: "127.0.0.1:0", cfg: cfg}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *service) start() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if s.srv, err = rendezvous.New(s.cfg); err != nil {
		s.t.Fatal(err)
	}
	s.http = &http.Server{Handler: s.srv}
	s.done.Go(func() { s.http.Serve(l) })
}

func (s *service) stop() {
	if s.http == nil {
		return
	}
	s.http.Close()
	s.srv.Close()
	s.done.Wait()
	s.http = nil
}

func (s *service) config() lobby.Config {
	return lobby.Config{Server: s.addr, Game: "pong/1", Build: "b1"}
}

// key returns the n-th test player's key.
func key(n byte) peer.Key { return peer.KeyFromSeed([32]byte{n}) }

func join(t *testing.T, cfg lobby.Config) *lobby.Room {
	t.Helper()
	r := lobby.Join(cfg)
	t.Cleanup(func() { r.Close() })
	return r
}

// player joins with the n-th key; code "" makes a room.
func (s *service) player(n byte, code string, change ...func(*lobby.Config)) *lobby.Room {
	s.t.Helper()
	cfg := s.config()
	cfg.Key, cfg.Room, cfg.Name = key(n), code, string(rune('A'+n))
	for _, f := range change {
		f(&cfg)
	}
	return join(s.t, cfg)
}

// in waits until the room is entered, and returns its code.
func in(t *testing.T, r *lobby.Room) string {
	t.Helper()
	until(t, "the room is entered", func() bool {
		s := r.Snapshot()
		if s.Err != nil {
			t.Fatalf("the room ended: %v", s.Err)
		}
		return s.Phase != lobby.Joining
	})
	return r.Snapshot().Code
}

// ended waits until the room has ended and returns its error.
func ended(t *testing.T, r *lobby.Room) error {
	t.Helper()
	until(t, "the room ends", func() bool { return r.Snapshot().Err != nil })
	return r.Snapshot().Err
}

func member(r *lobby.Room, id peer.ID) lobby.Member {
	for _, m := range r.Snapshot().Members {
		if m.ID == id {
			return m
		}
	}
	return lobby.Member{Seat: -2}
}

// log collects a room's events.
type log struct {
	room   *lobby.Room
	events []lobby.Event
}

func (l *log) read() []lobby.Event {
	for e := range l.room.Events() {
		l.events = append(l.events, e)
	}
	return l.events
}

// find returns the first event of type E that was told, and whether there is one.
func find[E lobby.Event](l *log) (E, bool) {
	for _, e := range l.read() {
		if e, ok := e.(E); ok {
			return e, true
		}
	}
	var none E
	return none, false
}

func count[E lobby.Event](l *log) int {
	n := 0
	for _, e := range l.read() {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}
