//go:build !js

package rendezvous

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
)

// closeWithin is how long Close lets clients read their last messages.
const closeWithin = 500 * time.Millisecond

// Server is the rendezvous service; see the package's comment. It is an
// http.Handler. It owns one goroutine, and one for each connection. All methods
// are safe for concurrent use.
type Server struct {
	cfg     Config
	mux     http.ServeMux
	wrong   *throttle // codes that no room has
	making  *throttle // rooms
	ctx     context.Context
	cancel  context.CancelFunc // ends all connections
	loop    sync.WaitGroup
	stop    chan struct{} // ends the loop
	unwatch func()

	dropped  atomic.Int64 // messages that made no sense, or had no receiver
	index    index
	handling sync.WaitGroup // requests at /ws
	placing  sync.Mutex     // held while a new room goes into store and hubs

	mu       sync.Mutex
	hubs     map[string]*hub // by code
	conns    map[*conn]struct{}
	perHost  map[string]int // connections and handshakes, by source
	accepted int            // sum of perHost
	closed   bool
}

// New returns a server that serves at once. Errors: what [Config.Validate]
// says, or the store's. Call [Server.Close] when it is not needed any more.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.resolve()
	s := &Server{
		cfg: cfg, wrong: newThrottle(cfg.WrongCodes), making: newThrottle(cfg.RoomsPerHost),
		stop: make(chan struct{}), hubs: map[string]*hub{}, conns: map[*conn]struct{}{}, perHost: map[string]int{},
	}
	s.index.rooms = map[string]Info{}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.routes()
	var found []Entry
	var started atomic.Bool
	unwatch, err := cfg.Store.Watch(func(e Entry) {
		if !started.Load() {
			found = append(found, e)
		}
		s.index.note(e)
	})
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("rendezvous: watching the store: %w", err)
	}
	started.Store(true)
	s.unwatch = unwatch
	s.adopt(found)
	s.loop.Go(s.run)
	return s, nil
}

// adopt takes over the rooms that an earlier server left in the store. Nobody
// in them is connected.
func (s *Server) adopt(found []Entry) {
	now := time.Now().UnixMilli()
	for _, e := range found {
		room, err := decode(e.Value)
		if err != nil || room.Code != e.Key {
			s.cfg.Log.Warn("rendezvous: a room in the store makes no sense", "key", e.Key, "err", err)
			continue
		}
		h := newHub(s.cfg.Store, room, e.Revision)
		h.mu.Lock()
		err = h.change(func(r *roomstate.Room) error {
			for _, m := range r.Members {
				r.Lost(m.ID, now)
			}
			return nil
		})
		h.mu.Unlock()
		if err != nil {
			s.cfg.Log.Warn("rendezvous: a room in the store cannot be taken over", "key", e.Key, "err", err)
			continue
		}
		s.hubs[e.Key] = h
	}
}

// ServeHTTP implements http.Handler. For a WebSocket it returns when the
// connection has ended.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Close ends all connections and waits for it, half a second at most per
// client that does not listen; clients see a server that is lost, and try
// again. Rooms stay in the store. It may be called again, and always returns
// nil. Stop the http.Server first, so that nobody new comes.
func (s *Server) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	for c := range s.conns {
		c.end(nil)
	}
	s.mu.Unlock()
	if first {
		close(s.stop)
		s.unwatch()
	}
	late := time.AfterFunc(closeWithin, s.cancel)
	defer late.Stop()
	s.handling.Wait()
	s.cancel()
	s.loop.Wait()
	return nil
}

// run is the server's goroutine: signs of life, and members that do not return.
func (s *Server) run() {
	every := min(s.cfg.Beat, max(s.cfg.Grace/4, 10*time.Millisecond), time.Second)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var beaten, swept time.Time
	for {
		select {
		case <-s.stop:
			return
		case now := <-tick.C:
			if now.Sub(beaten) >= s.cfg.Beat {
				beaten = now
				s.beat(now)
			}
			s.expire(now)
			if now.Sub(swept) >= time.Minute {
				swept = now
				s.wrong.sweep(now)
				s.making.sweep(now)
			}
		}
	}
}

func (s *Server) expire(now time.Time) {
	s.mu.Lock()
	hubs := make([]*hub, 0, len(s.hubs))
	for _, h := range s.hubs {
		hubs = append(hubs, h)
	}
	s.mu.Unlock()
	for _, h := range hubs {
		if h.expire(now.UnixMilli(), s.cfg.Grace.Milliseconds(), seed()) {
			s.forget(h)
		}
	}
}

// forget drops a hub whose room is gone.
func (s *Server) forget(h *hub) {
	h.mu.Lock()
	code, gone := h.room.Code, h.gone
	h.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if gone && s.hubs[code] == h {
		delete(s.hubs, code)
	}
}

func (s *Server) hub(code string) *hub {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hubs[code]
}

// open counts a connection of that source, or says why not.
func (s *Server) open(source string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.accepted >= s.cfg.MaxConns || s.perHost[source] >= s.cfg.MaxConnsPerHost {
		return false
	}
	s.accepted++
	s.perHost[source]++
	s.handling.Add(1)
	return true
}

func (s *Server) leave(source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted--
	if s.perHost[source]--; s.perHost[source] == 0 {
		delete(s.perHost, source)
	}
	s.handling.Done()
}

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// seed draws what a match grows from.
func seed() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails: see crypto/rand
	return binary.LittleEndian.Uint64(b[:])
}
