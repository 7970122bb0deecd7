package lobby

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/peer/keyring"
)

const (
	closeWithin = 250 * time.Millisecond // that Close waits at most
	maxEvents   = 4096                   // that wait to be read
	maxPending  = 32                     // commands before the room is entered
	maxAsked    = 256                    // commands that may still be refused
	maxOut      = 256                    // messages that wait for the server
	maxOutBytes = 512 << 10
)

// Room is one player's place in a room. [Join] makes it. It owns one goroutine,
// which ends with [Room.Leave], [Room.Close] or an error. All methods are safe
// for concurrent use, and only Close blocks.
type Room struct {
	cfg    Config // resolved
	log    *slog.Logger
	target target
	key    peer.Key
	began  time.Time
	ring   *keyring.Ring // nil where there is none
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine has ended
	wake   chan struct{} // something waits in out, or leaving

	// handing is held while a receiver runs, so that one runs at a time whether
	// its message came by the server or by the mesh. mu may be taken under it.
	handing sync.Mutex

	// mu is held shortly and never while other code runs: no receiver, no mesh.
	mu       sync.Mutex
	told     *roomstate.Room // as the server last told it; replaced, never changed; nil before
	room     *roomstate.Room // that and the guests; likewise
	entry    entry
	guests   guests
	match    peer.Match // of round, if that is not 0
	round    uint32     // of the match that runs; 0 is none
	entered  bool       // the server has us in the room, now
	lost     bool       // it had, and ServerLost was told
	ice      []string
	mesh     peer.Link
	receiver [peer.Channels]func(from peer.ID, b []byte)
	out      [][]byte
	outBytes int
	pending  []Command
	request  uint32
	asked    map[uint32]Command
	events   []Event
	skipped  int
	err      error
	leaving  bool
}

var _ peer.Link = (*Room)(nil)

// Join enters the room that cfg names, or makes one, in the background: watch
// [Room.Snapshot] or [Room.Events]. It waits only for the player's key, some
// milliseconds natively and at most 500 in a page. A mistake in cfg, and
// whatever ends the room later, is in [State.Err].
func Join(cfg Config) *Room {
	r := &Room{
		cfg: cfg.resolve(), done: make(chan struct{}), wake: make(chan struct{}, 1),
		asked: map[uint32]Command{}, began: time.Now(),
	}
	r.log = r.cfg.Log
	r.ctx, r.cancel = context.WithCancel(r.cfg.ctx)
	err := cfg.Validate()
	if err == nil {
		r.target, _ = r.cfg.target() // Validate has seen it
		r.entry.text = r.target.member
	}
	if keyErr := r.openKey(); err == nil {
		err = keyErr
	}
	if err != nil {
		r.fail(err)
		close(r.done)
		return r
	}
	go r.run()
	return r
}

// openKey finds out who we are. Even with an error there is a key, so that
// Self and Sign always work.
func (r *Room) openKey() error {
	r.key = r.cfg.Key
	if !r.key.IsZero() {
		return nil
	}
	ring, err := keyring.Open(keyring.Config{Dir: r.cfg.KeyDir, Name: r.cfg.KeyName})
	if err != nil {
		r.key, _ = peer.NewKey(rand.Reader) // never fails: see crypto/rand
		return fmt.Errorf("lobby: no key for the player: %w", err)
	}
	r.ring, r.key = ring, ring.Key()
	if why := ring.Why(); why != nil {
		r.log.Info("lobby: playing with a fresh key", "because", why)
	}
	return nil
}

// Do asks the room for a change. It does not wait: nil means that the server is
// asked, and what it refuses comes as a [Refused] event. Before the room is
// entered, commands wait for it. Errors at once: [State.Err] if the room has
// ended, [ErrLeft], [ErrServerLost], [ErrBusy], and what cannot be right:
// [ErrNotOwner], [ErrNoSuchSeat], [ErrTooLarge].
func (r *Room) Do(c Command) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refusable(c); err != nil {
		return err
	}
	switch {
	case r.err != nil:
		return r.err
	case r.leaving:
		return ErrLeft
	case r.room == nil && len(r.pending) >= maxPending:
		return ErrBusy
	case r.room == nil:
		r.pending = append(r.pending, c)
		return nil
	case !r.entered:
		return ErrServerLost
	}
	return r.ask(c)
}

// refusable returns why c is refused whatever else happens, as far as we know.
// r.mu is held.
func (r *Room) refusable(c Command) error {
	own := false
	switch c := c.(type) {
	case Ready, SetName, roomstate.Leave:
	case TakeSeat:
		if c.Seat < NoSeat || c.Seat >= peer.MaxSeats || r.room != nil && c.Seat >= r.room.Seats {
			return ErrNoSuchSeat
		}
	case Settings:
		own = true
		if len(c.Bytes) > MaxSettings {
			return ErrTooLarge
		}
	case Start, Reopen, Kick, Give:
		own = true
	default:
		return fmt.Errorf("lobby: Do with %T, which is not a Command", c)
	}
	if own && r.room != nil && r.room.Owner != r.key.ID() {
		return ErrNotOwner
	}
	return nil
}

// ask queues a command for the server. r.mu is held.
func (r *Room) ask(c Command) error {
	if len(r.asked) >= maxAsked {
		clear(r.asked) // they were granted: only refusals come back
	}
	r.request++
	r.asked[r.request] = c
	if !r.queue(msg.Command(r.request, c)) {
		delete(r.asked, r.request)
		return ErrBusy
	}
	return nil
}

// queue hands b to the goroutine; false if too much waits. r.mu is held.
func (r *Room) queue(b []byte) bool {
	if len(r.out) >= maxOut || r.outBytes+len(b) > maxOutBytes {
		return false
	}
	r.out = append(r.out, b)
	r.outBytes += len(b)
	r.poke()
	return true
}

func (r *Room) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Events returns what happened since it was last called; ranging over it
// removes each event it yields. Nothing is dropped silently: see [Skipped].
func (r *Room) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for {
			e := r.nextEvent()
			if e == nil || !yield(e) {
				return
			}
		}
	}
}

func (r *Room) nextEvent() Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.skipped > 0 {
		e := Skipped{r.skipped}
		r.skipped = 0
		return e
	}
	if len(r.events) == 0 {
		return nil
	}
	e := r.events[0]
	r.events[0] = nil
	r.events = r.events[1:]
	return e
}

// tell queues an event. r.mu is held.
func (r *Room) tell(e Event) {
	r.log.Info("lobby: " + e.String())
	if len(r.events) >= maxEvents {
		r.events = r.events[1:]
		r.skipped++
	}
	r.events = append(r.events, e)
}

// fail ends the room; the first error stays.
func (r *Room) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entered = false
	if r.err == nil {
		r.err = err
		r.tell(Failed{err})
	}
}

// Leave says goodbye to the room and returns at once. What the mesh links stays
// linked; close it, too.
func (r *Room) Leave() {
	if r.leave() {
		r.sayGoodbye()
	}
}

// leave reports whether the members have to be told, because the server does not
// know of us.
func (r *Room) leave() (unknown bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.leaving {
		return false
	}
	r.leaving = true
	if r.entered && r.err == nil {
		// What waits was meant before the goodbye.
		r.out = append(r.out, msg.Command(0, roomstate.Leave{}))
	}
	if r.err == nil {
		r.err = ErrLeft
	}
	r.poke()
	return r.entry.in
}

// Close leaves the room, waits until the server knows, at most 250 ms, ends the
// goroutine and gives the player's key back. It may be called again. The error
// is the one that had ended the room before, nil after an orderly leave.
func (r *Room) Close() error {
	r.Leave()
	late := time.AfterFunc(closeWithin, r.cancel)
	<-r.done
	late.Stop()
	r.cancel()
	r.mu.Lock()
	err := r.err
	mesh := r.mesh
	r.mesh = nil
	r.mu.Unlock()
	if mesh != nil {
		detach(mesh)
	}
	if r.ring != nil {
		if ringErr := r.ring.Close(); ringErr != nil {
			r.log.Warn("lobby: the player's key stays locked", "err", ringErr)
		}
	}
	if err == ErrLeft {
		return nil
	}
	return err
}
