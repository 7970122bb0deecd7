//go:build !js

package rendezvous

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
)

// silences is how many beats a client may miss.
const silences = 4

// serveSocket is one client's connection from the first byte to the last.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	source := sourceOf(r, s.cfg.BehindProxy)
	if !s.open(source) {
		http.Error(w, "too many connections, or shutting down", http.StatusServiceUnavailable)
		return
	}
	defer s.leave(source)
	// Any page may connect: see "Who may do what" in doc.go.
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer ws.CloseNow()
	ws.SetReadLimit(msg.MaxSize)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	c := newConn(ws, source, cancel, time.Now())
	c.host = hostOf(r)
	if !s.add(c) {
		return
	}
	var writer sync.WaitGroup
	writer.Go(func() { c.write(ctx) })

	refusal, err := s.greet(ctx, c)
	if err == nil && refusal == nil {
		s.cfg.Log.Debug("rendezvous: in", "peer", c.id.Short(), "source", source)
		s.listen(ctx, c)
		s.remove(c)
		if !s.isClosed() {
			c.hub.lost(c, time.Now().UnixMilli())
			s.forget(c.hub)
		}
		s.cfg.Log.Debug("rendezvous: out", "peer", c.id.Short())
	} else {
		s.remove(c)
	}
	switch {
	case refusal != nil:
		s.cfg.Log.Debug("rendezvous: refused", "source", source, "why", refusal.Error())
		c.end(refusal.Message())
	case err != nil:
		cancel()
	default:
		c.end(nil)
	}
	// The writer closes; what still comes meanwhile nobody reads.
	drain, stop := context.WithTimeout(ctx, closeWithin)
	defer stop()
	for {
		if _, _, err := ws.Read(drain); err != nil {
			break
		}
	}
	cancel()
	writer.Wait()
}

// add makes c known to Close and beat; false while closing.
func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.conns[c] = struct{}{}
	}
	return !s.closed
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// greet challenges the client and lets it into its room.
func (s *Server) greet(ctx context.Context, c *conn) (*msg.Refused, error) {
	var nonce msg.Nonce
	rand.Read(nonce[:]) // never fails: see crypto/rand
	c.send(msg.Challenge(nonce))
	b, err := c.read(ctx, DefaultHandshakeTimeout)
	if err != nil {
		return nil, err
	}
	kind, table, err := msg.Open(b)
	if err != nil || kind != msg.KindHello {
		s.dropped.Add(1)
		return &msg.Refused{Code: roomstate.BadRequest}, nil
	}
	hello, err := msg.ParseHello(table)
	if err != nil {
		s.dropped.Add(1)
		return &msg.Refused{Code: roomstate.BadRequest}, nil
	}
	if !hello.ID.Verify(msg.Signed(nonce, hello.Game), hello.Signature) {
		return &msg.Refused{Code: roomstate.Forged}, nil
	}
	c.id = hello.ID
	welcome := msg.Welcome{ICEServers: s.servers(c, time.Now()), GraceMs: uint32(s.cfg.Grace.Milliseconds())}
	return s.enter(c, hello, welcome), nil
}

// listen reads what a member sends until the connection ends.
func (s *Server) listen(ctx context.Context, c *conn) {
	pace := newPace(s.cfg, time.Now())
	for bad := 0; bad < maxBad; {
		b, err := c.read(ctx, silences*s.cfg.Beat)
		if err != nil && !errors.Is(err, msg.ErrMeaning) {
			return
		}
		if err == nil {
			err = s.receive(c, b)
		}
		if err != nil {
			bad++
			s.dropped.Add(1)
			s.cfg.Log.Debug("rendezvous: message dropped", "peer", c.id.Short(), "err", err)
		}
		// Whoever sends too much is read more slowly: its own queue fills up.
		if wait := pace.take(time.Now(), cost(b), len(b)); wait > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
		}
	}
}

// commandCost is how many messages a command counts for: everybody in the room
// is told the whole room for it.
const commandCost = 10

func cost(b []byte) int {
	if kind, _, err := msg.Open(b); err == nil && kind == msg.KindCommand {
		return commandCost
	}
	return 1
}

// receive handles one message of a member. An error is a message that no
// honest client sends.
func (s *Server) receive(c *conn, b []byte) error {
	kind, table, err := msg.Open(b)
	if err != nil {
		return err
	}
	switch kind {
	case msg.KindRelay:
		m, err := msg.ParseRelay(table)
		if err != nil {
			return err
		}
		if !c.hub.relay(c, m) {
			s.dropped.Add(1) // the receiver has just gone: nobody's fault
		}
		return nil
	case msg.KindCommand:
		request, cmd, err := msg.ParseCommand(table)
		if err != nil {
			return err
		}
		if err := c.hub.do(c, cmd, seed()); err != nil {
			var code roomstate.Refusal
			if !errors.As(err, &code) {
				code = roomstate.Unavailable
			}
			c.send(msg.Refused{Code: code, Request: request}.Message())
		}
		return nil
	case msg.KindLinks:
		list, err := msg.ParseLinks(table)
		if err != nil {
			return err
		}
		c.hub.linked(c, list)
		return nil
	case msg.KindBeat:
		_, err := msg.ParseBeat(table)
		return err
	}
	return msg.ErrMeaning
}

// beat says to all clients that the server is alive; they answer.
func (s *Server) beat(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.send(msg.Beat(uint32(now.Sub(c.born).Milliseconds())))
		if c.renews(now) {
			c.send(msg.Servers(s.servers(c, now)))
		}
	}
}
