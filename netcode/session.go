package netcode

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Session plays one match: it reads moves, exchanges them and steps the game.
// It starts no goroutine; only Close blocks. All methods are safe for
// concurrent use, but Tick is meant for one goroutine, the game's. The game's
// methods may call every method of the session except Tick and Close.
type Session[M any] struct {
	cfg     Config // resolved
	game    Game[M]
	link    peer.Link
	starter Starter
	codec   codec[M]

	// engine is held while the engine works and while game code runs in Tick.
	// A datagram that comes then waits in the inbox.
	engine  sync.Mutex
	phase   Phase
	match   peer.Match
	members []peer.ID // of the match, in seat order; core's member numbers
	self    int
	local   []int // the seats that Tick moves
	core    *lockstep.Core
	greeter greeter
	saves   saves
	seats   []Seat[M] // of the frame being stepped
	moves   []M       // as given to Tick, so that M never escapes from there
	guess   M
	scratch []byte
	packet  []byte
	wait    waiter
	closed  bool

	tickedAt time.Duration // when Tick was called last
	splitAt  time.Duration // when the last of two was cut off; 0 is not
	late     bool          // the match ran already when we came
	lives    uint32        // how often the engine began again

	inbox   inbox // datagrams
	letters inbox // control messages

	// front guards what is asked for from any goroutine. It is never held while
	// game code or the link runs; engine may be held when it is taken.
	front   sync.Mutex
	stats   Stats
	queue   []Event
	orders  []order
	kicks   []peer.ID
	err     error
	leaving bool
}

type order struct {
	seat int
	text []byte
}

// New returns a session that plays g with the peers of the match that s fixes,
// over l. It returns at once; a mistake in g, M or cfg is reported by Err and
// by the first Tick. l may be nil if the match has no other peer.
func New[M any](g Game[M], l peer.Link, s Starter, cfg Config) *Session[M] {
	sess := &Session[M]{game: g, link: l, starter: s}
	sess.err = sess.prepare(g, s, cfg)
	if sess.err != nil {
		sess.phase = Over
	} else if l != nil {
		l.Bind(peer.Control, sess.onControl)
		l.Bind(peer.Moves, sess.onMoves)
		l.Bind(peer.Bulk, sess.onControl)
	}
	sess.publish()
	return sess
}

func (s *Session[M]) prepare(g Game[M], starter Starter, cfg Config) (err error) {
	s.cfg = cfg.resolve(false, false) // so that Log and Clock are there whatever follows
	if g == nil || starter == nil {
		return fmt.Errorf("netcode: New needs a game and a Starter, got %v and %v", g, starter)
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	_, saver := any(g).(Saver)
	_, hasher := any(g).(Hasher)
	if cfg.MaxRollback > 0 && !saver {
		return fmt.Errorf("netcode: Config.MaxRollback is %d, but %T has no Save and Load; add them or use NoRollback", cfg.MaxRollback, g)
	}
	s.cfg = cfg.resolve(saver, saver || hasher)
	s.saves = newSaves(g, s.cfg.MaxRollback, s.cfg.SaveEvery)
	s.codec, err = planCodec[M]()
	return err
}

// Local returns a session for players at one machine, with no network: the
// single player and hot-seat mode of a game, with the same code. The match has
// that many seats (1 to [peer.MaxSeats]), all local, and a fresh seed.
func Local[M any](g Game[M], seats int, cfg Config) *Session[M] {
	if seats < 1 || seats > peer.MaxSeats {
		s := New(g, nil, Ready{}, cfg)
		s.fail(fmt.Errorf("netcode: Local with %d seats; want 1 to %d", seats, peer.MaxSeats))
		return s
	}
	var seed [8]byte
	rand.Read(seed[:]) // never fails: see crypto/rand
	match := peer.NewMatch(binary.LittleEndian.Uint64(seed[:]), make([]peer.ID, seats), nil)
	for i := range match.Seats {
		match.Seats[i] = here
	}
	return New(g, nil, Ready(match), cfg)
}

// here stands for this machine's player in a match without a network.
var here = peer.ID{'h', 'e', 'r', 'e'}

// Order gives an order for a local seat: 1 byte to 4 KiB that every machine's
// Step gets whole, exactly once, on one frame, in the order given. b is copied.
// What is under way when this player is dropped is lost, whole.
// Errors, with which nothing is lost: [ErrBacklog], [ErrNotStarted],
// [ErrClosed], or one that names a wrong seat or size.
func (s *Session[M]) Order(seat int, b []byte) error {
	s.front.Lock()
	defer s.front.Unlock()
	switch {
	case s.err != nil:
		return s.err
	case s.leaving:
		return ErrClosed
	case s.stats.Phase != Running:
		return ErrNotStarted
	case seat < 0 || seat >= s.stats.Seats || !s.stats.Seat[seat].Local:
		return fmt.Errorf("netcode: Order for seat %d, which this session does not hold", seat)
	case len(b) == 0 || len(b) > lockstep.MaxOrder:
		return fmt.Errorf("netcode: an order of %d bytes; want 1 to %d", len(b), lockstep.MaxOrder)
	}
	waiting := s.stats.OrderBytesWaiting
	for _, o := range s.orders {
		waiting += len(o.text)
	}
	if waiting+len(b) > lockstep.MaxBacklog/2 {
		return ErrBacklog
	}
	s.orders = append(s.orders, order{seat, append([]byte(nil), b...)})
	return nil
}

// Events returns what happened since it was last called; ranging over it
// removes each event it yields. Nothing is lost when it is called rarely.
func (s *Session[M]) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for {
			e := s.nextEvent()
			if e == nil || !yield(e) {
				return
			}
		}
	}
}

func (s *Session[M]) nextEvent() Event {
	s.front.Lock()
	defer s.front.Unlock()
	if len(s.queue) == 0 {
		return nil
	}
	e := s.queue[0]
	s.queue = s.queue[1:]
	return e
}

func (s *Session[M]) tell(e Event) {
	s.cfg.Log.Info("netcode: "+e.String(), "frame", s.frame())
	s.front.Lock()
	defer s.front.Unlock()
	s.queue = append(s.queue, e)
}

// Stats returns a snapshot as of the last Tick. It does not allocate.
func (s *Session[M]) Stats() Stats {
	s.front.Lock()
	defer s.front.Unlock()
	return s.stats
}

// Err returns the error that ended the session, nil while it lives and after an
// orderly Leave.
func (s *Session[M]) Err() error {
	s.front.Lock()
	defer s.front.Unlock()
	return s.err
}

// fail ends the session; the first error stays.
func (s *Session[M]) fail(err error) {
	s.phase = Over
	s.front.Lock()
	defer s.front.Unlock()
	if s.err == nil {
		s.err = err
		s.stats.Phase = Over
		s.cfg.Log.Error("netcode: the session ends", "err", err)
	}
}

func (s *Session[M]) frame() Frame {
	if s.core == nil {
		return 0
	}
	return s.core.Current()
}
