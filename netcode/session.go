package netcode

import (
	"iter"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Session plays one match: it reads moves, exchanges them and steps the game.
// It starts no goroutine; only Close blocks. All methods are safe for
// concurrent use, but Tick is meant for one goroutine, the game's.
type Session[M any] struct {
	err error
}

// New returns a session that plays g with the peers of the match that s fixes,
// over l. It returns at once; a mistake in g, M or cfg is reported by Err and
// by the first Tick. l may be nil if the match has no other peer.
func New[M any](g Game[M], l peer.Link, s Starter, cfg Config) *Session[M] {
	return &Session[M]{}
}

// Local returns a session for players at one machine, with no network: the
// single player and hot-seat mode of a game, with the same code. The match has
// that many seats (1 to 8), all local.
func Local[M any](g Game[M], seats int, cfg Config) *Session[M] { return &Session[M]{} }

// Tick is the heartbeat: call it from Update, 60 times a second or as often as
// you can. It takes one move per local seat (the controls as held now), steps
// as many frames as are due by the session's own clock, none or several, and
// sends what the others need. Before the match began it steps nothing. It never
// blocks. Its error is fatal and sticky, except [*MoveCountError].
func (s *Session[M]) Tick(moves ...M) error { return s.err }

// Order gives an order for a local seat: up to 4 KiB that every machine's Step
// gets whole, exactly once, on one frame, in the order given. Errors:
// [ErrBacklog], [ErrClosed], or one that names a wrong seat or size.
func (s *Session[M]) Order(seat int, b []byte) error { return s.err }

// Events returns what happened since it was last called; ranging over it
// removes each event it yields. Nothing is lost when it is called rarely.
func (s *Session[M]) Events() iter.Seq[Event] { return func(func(Event) bool) {} }

// Stats returns a snapshot as of the last Tick. It does not allocate.
func (s *Session[M]) Stats() Stats { return Stats{} }

// Err returns the error that ended the session, nil while it lives.
func (s *Session[M]) Err() error { return s.err }

// Leave says goodbye and returns at once: the others see the seats Gone within
// a round trip. Later Ticks return [ErrClosed].
func (s *Session[M]) Leave() {}

// Close leaves and waits until the others know, at most 250 ms, then releases
// the link. It may be called from any goroutine, and again. It returns the
// error that had ended the session before, nil after an orderly leave.
func (s *Session[M]) Close() error { return nil }
