//go:build !js

package rendezvous

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
)

// Info is one room as /rooms lists it.
type Info struct {
	Game    string `json:"game"`
	Build   string `json:"build,omitempty"`
	Phase   string `json:"phase"`
	Members int    `json:"members"`
	Seats   int    `json:"seats"`
	Free    int    `json:"free"` // seats
}

// Health is what /health says.
type Health struct {
	Status      string `json:"status"` // "ok", or "closing"
	Rooms       int    `json:"rooms"`
	Connections int    `json:"connections"`
	Dropped     int64  `json:"dropped"` // messages that made no sense or had no receiver
}

// maxListed bounds the answer of /rooms.
const maxListed = 1000

// index knows what is in the store without asking it.
type index struct {
	mu    sync.Mutex
	rooms map[string]Info // by code
}

func (x *index) note(e Entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	room, err := decode(e.Value)
	if e.Deleted || err != nil {
		delete(x.rooms, e.Key)
		return
	}
	info := Info{Game: room.Game, Build: room.Build, Phase: room.Phase.String(), Members: len(room.Members), Seats: room.Seats}
	for seat := range room.Seats {
		if room.At(seat) == nil {
			info.Free++
		}
	}
	x.rooms[e.Key] = info
}

func (x *index) list() []Info {
	x.mu.Lock()
	list := make([]Info, 0, len(x.rooms))
	for _, info := range x.rooms {
		list = append(list, info)
	}
	x.mu.Unlock()
	slices.SortFunc(list, func(a, b Info) int {
		return cmp.Or(cmp.Compare(a.Game, b.Game), cmp.Compare(a.Phase, b.Phase), cmp.Compare(b.Free, a.Free), cmp.Compare(a.Build, b.Build))
	})
	return list[:min(len(list), maxListed)]
}

func (s *Server) routes() {
	s.mux.HandleFunc("GET /ws", s.serveSocket)
	s.mux.HandleFunc("GET /health", s.serveHealth)
	s.mux.HandleFunc("GET /rooms", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.index.list()) })
	s.mux.HandleFunc("GET /r/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, ok := roomstate.ParseCode(r.PathValue("code"))
		if !ok {
			http.Error(w, "This is not the code of a room; it has six characters.", http.StatusNotFound)
			return
		}
		// Whether the room exists is not said: that would be a way to guess.
		fmt.Fprintf(w, "You are invited to a game. Start it and enter the code %s, or this link.\n", code)
	})
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "A Tutti lobby: games meet here. See /health and /rooms.\n")
	})
}

// Health returns what the server is doing now.
func (s *Server) Health() Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := Health{Status: "ok", Rooms: len(s.hubs), Connections: len(s.conns), Dropped: s.dropped.Load()}
	if s.closed {
		h.Status = "closing"
	}
	return h
}

func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	h, status := s.Health(), http.StatusOK
	if h.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	answer(w, status, h)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
