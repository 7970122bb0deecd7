package lobby

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/lobby/internal/socket"
	"github.com/tuttiplay/tutti/netcode/wire"
)

const (
	dialWithin   = 10 * time.Second
	writeWithin  = 5 * time.Second
	silentFor    = 25 * time.Second // of the server, until it is taken for lost
	linksEvery   = time.Second
	firstBackoff = 200 * time.Millisecond
	maxBackoff   = 8 * time.Second
	stable       = 5 * time.Second // a connection that long starts the backoff anew
	maxBad       = 8               // messages that make no sense until the connection ends
)

var errSilent = errors.New("it said nothing for too long")

// run is the room's goroutine: it connects, serves the connection until it
// ends, and connects again.
func (r *Room) run() {
	defer close(r.done)
	reach := r.cfg.ReachWithin // what is left of it
	wait := firstBackoff
	for {
		start := time.Now()
		limit := dialWithin
		if !r.wasIn() {
			limit = min(limit, max(reach, firstBackoff))
		}
		spent, err := r.connect(limit)
		reach -= spent
		if r.isLeaving() || r.ctx.Err() != nil {
			return
		}
		if r.ends(err) {
			r.fail(err)
			return
		}
		r.serverLost(err)
		if !r.wasIn() && reach <= 0 {
			r.fail(&UnreachableError{Server: r.target.server, Err: err, Member: r.memberErr()})
			return
		}
		if time.Since(start) >= stable {
			wait = firstBackoff
		}
		r.log.Debug("lobby: no connection", "server", r.target.server, "err", err)
		// Everybody lost the server at the same moment and must not come back at
		// the same moment.
		pause := wait/2 + rand.N(wait/2)
		if !r.wasIn() {
			pause = min(pause, reach)
			reach -= pause
		}
		if !r.sleep(pause) {
			return
		}
		wait = min(2*wait, maxBackoff)
	}
}

// ends reports whether trying again is no use.
func (r *Room) ends(err error) bool {
	var mismatch *MismatchError
	var version *wire.VersionError
	if errors.As(err, &mismatch) || errors.As(err, &version) {
		return true
	}
	code, ok := errors.AsType[roomstate.Refusal](err)
	if !ok {
		return false
	}
	if r.granted(code) {
		return false
	}
	switch code {
	case roomstate.Throttled, roomstate.ServerFull:
		// Who was in has a place to come back to.
		return !r.wasIn()
	case roomstate.Unavailable:
		return false
	}
	return true
}

func (r *Room) wasIn() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.room != nil
}

func (r *Room) isLeaving() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leaving
}

// sleep waits, and reports false if the room is being left.
func (r *Room) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return false
		case <-t.C:
			return true
		case <-r.wake:
			if r.isLeaving() {
				return false
			}
		}
	}
}

// connect makes one connection, within limit, and serves it until it ends. It
// returns how much of the limit it took, and why the connection ended.
func (r *Room) connect(limit time.Duration) (spent time.Duration, err error) {
	p := newPatience(r.ctx, limit)
	conn, err := r.dial(p)
	if err != nil {
		return p.stop(), err
	}
	defer conn.Close()
	welcome, err := r.meet(conn, p)
	spent = p.stop()
	if err != nil {
		return spent, err
	}
	r.welcome(welcome)
	return spent, r.serve(conn)
}

func (r *Room) dial(p *patience) (*socket.Conn, error) {
	conn, err := socket.Dial(p.ctx, r.target.server+"/ws", msg.MaxSize)
	if err != nil && p.ctx.Err() != nil {
		err = errSilent
	}
	return conn, err
}

// meet answers the server's challenge and waits for its welcome.
func (r *Room) meet(conn *socket.Conn, p *patience) (w msg.Welcome, err error) {
	for {
		var b []byte
		var ok bool
		select {
		case b, ok = <-conn.Messages():
			if !ok {
				return w, conn.Err()
			}
		case <-p.ctx.Done():
			if r.ctx.Err() != nil {
				return w, ErrLeft
			}
			return w, errSilent
		}
		kind, table, err := msg.Open(b)
		if err != nil {
			return w, err
		}
		switch kind {
		case msg.KindChallenge:
			nonce, err := msg.ParseChallenge(table)
			if err == nil {
				err = r.write(conn, r.hello(nonce))
			}
			if err != nil {
				return w, err
			}
		case msg.KindWelcome:
			w, err = msg.ParseWelcome(table)
			if err == nil && w.Room.Member(r.key.ID()) == nil {
				err = fmt.Errorf("%w: a welcome to a room that we are not in", msg.ErrMeaning)
			}
			return w, err
		case msg.KindRefused:
			refused, err := msg.ParseRefused(table)
			if err != nil {
				return w, err
			}
			return w, asError(refused)
		}
	}
}

// asError is a refusal as this package's callers see it.
func asError(r msg.Refused) error {
	if r.Code == roomstate.Mismatch {
		return &MismatchError{Field: r.Field, Ours: r.Yours, Theirs: r.Theirs}
	}
	return r.Code
}

func (r *Room) hello(nonce msg.Nonce) []byte {
	r.mu.Lock()
	room, vouch := r.room, r.entry.vouch
	if !r.entry.in {
		vouch = nil
	}
	r.mu.Unlock()
	h := msg.Hello{
		ID: r.key.ID(), Signature: r.key.Sign(msg.Signed(nonce, r.cfg.Game)),
		Game: r.cfg.Game, Build: r.cfg.Build, Code: r.target.code, Resume: room, Vouch: vouch,
	}
	if room == nil {
		h.Name, h.Seats, h.AutoStart = r.cfg.Name, r.cfg.Seats, r.cfg.AutoStart
	} else {
		h.Code = room.Code
		if m := room.Member(h.ID); m != nil { // SetName may have changed it
			h.Name = m.Name
		}
	}
	return h.Message()
}

func (r *Room) write(conn *socket.Conn, b []byte) error {
	ctx, cancel := context.WithTimeout(r.ctx, writeWithin)
	defer cancel()
	return conn.Write(ctx, b)
}

// serve carries messages both ways until the connection ends, and returns why.
func (r *Room) serve(conn *socket.Conn) error {
	tick := time.NewTicker(linksEvery)
	defer tick.Stop()
	heard, bad, leaving := time.Now(), 0, 0
	var links linkReport
	for {
		select {
		case b, ok := <-conn.Messages():
			if !ok {
				return conn.Err()
			}
			heard = time.Now()
			err := r.receive(conn, b)
			if final, ok := errors.AsType[*finalError](err); ok {
				return final.err
			}
			if err != nil {
				bad++
				r.log.Debug("lobby: message of the server dropped", "err", err)
			}
			if bad >= maxBad {
				return err
			}
		case <-r.wake:
			if err := r.flush(conn); err != nil {
				return err
			}
		case <-tick.C:
			if time.Since(heard) > silentFor {
				return errSilent
			}
			if r.isLeaving() {
				if leaving++; leaving > 1 { // the server should have closed
					return ErrLeft
				}
			}
			if b := links.changed(r); b != nil {
				if err := r.write(conn, b); err != nil {
					return err
				}
			}
		case <-r.ctx.Done():
			return ErrLeft
		}
	}
}

// flush writes what waits.
func (r *Room) flush(conn *socket.Conn) error {
	r.mu.Lock()
	out := r.out
	r.out, r.outBytes = nil, 0
	r.mu.Unlock()
	for _, b := range out {
		if err := r.write(conn, b); err != nil {
			return err
		}
	}
	return nil
}
