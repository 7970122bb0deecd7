package mesh

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/process"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/route"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// closeWithin is how long Close waits at most.
const closeWithin = 250 * time.Millisecond

// Mesh links this peer with all other members of a room and implements
// [peer.Link]. All methods are safe for concurrent use and only Close blocks.
//
// It runs one goroutine; natively every connection has those of its WebRTC
// stack beside it.
type Mesh struct {
	cfg         Config // resolved
	sig         Signaler
	self        peer.ID
	incarnation uint64 // never 0
	err         error  // of construction
	platform    platform
	secret      *seal.Secret // for what goes through a third member

	events events
	notes  queue
	tags   atomic.Pointer[map[route.Tag]*link] // likewise, by what relayed messages carry
	links  atomic.Pointer[map[peer.ID]*link]   // replaced, never changed; written by the goroutine
	recv   [peer.Channels]atomic.Pointer[func(peer.ID, []byte)]
	// turn is held while a receiver runs: one call at a time.
	turn    sync.Mutex
	impairs impairs
	counts  counters

	carrier carrier
	door    door
	routing routing

	// The goroutine's own:
	room     string
	partners map[peer.ID]*partner
	order    []*partner // as Members lists them
	lastTick time.Duration
	vouched  map[peer.ID]*vouched // let in by some member
	host     Host                 // sig, if it is one; nil is none
	met      map[peer.ID]uint64   // the process that host was told of
	rerouted bool                 // somebody's links changed
	crowded  bool                 // more than maxPartners were there

	bulkWake chan struct{} // has room for one

	quit    chan struct{}
	once    sync.Once
	done    chan struct{}
	gone    chan struct{}  // closed when the sockets are
	closers sync.WaitGroup // connections that are being closed
	rest    sync.WaitGroup // what is left of them, without a socket
}

var _ peer.Link = (*Mesh)(nil)

// New returns a mesh over the members of the room s and starts to link with
// them. It returns at once; a mistake in cfg is reported by [Mesh.Err], and such
// a mesh never links. It binds [peer.Signal] on s and attaches itself to s.
func New(s Signaler, cfg Config) *Mesh { return start(platform{}, s, cfg) }

// start makes a mesh on a platform.
func start(on platform, s Signaler, cfg Config) *Mesh {
	m := &Mesh{
		sig: s, incarnation: process.New(), partners: map[peer.ID]*partner{}, platform: on,
		quit: make(chan struct{}), bulkWake: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{}),
	}
	m.notes.init()
	m.vouched, m.met = map[peer.ID]*vouched{}, map[peer.ID]uint64{}
	m.host, _ = s.(Host)
	m.sig = m.door.open(m, s)
	m.setLinks()
	m.cfg = cfg.resolve()
	m.carrier.budget = route.NewBudget(m.cfg.RelayBudget)
	m.lastTick = m.now()
	if m.err = cfg.Validate(); m.err == nil && s == nil {
		m.err = errors.New("mesh: New needs a Signaler, the room")
	}
	if m.err == nil {
		m.err = m.impairFromEnv()
	}
	if m.err == nil {
		m.secret, m.err = seal.NewSecret()
	}
	if m.err == nil {
		m.platform.listen(m)
		m.err = m.platform.init(m)
	}
	if m.err != nil {
		close(m.gone)
		close(m.done)
		return m
	}
	m.self = s.Self()
	s.Bind(peer.Signal, m.onSignal)
	s.Attach(m)
	go m.run()
	return m
}

// Err returns what kept New from making a working mesh; nil if nothing did.
func (m *Mesh) Err() error { return m.err }

// Self returns the peer at this end.
func (m *Mesh) Self() peer.ID { return m.self }

// Sign signs msg with the key of Self, which the [Signaler] keeps: a session
// over this mesh signs with it what its player wrote. Whoever calls it keeps
// its messages apart from those of others by how they begin.
func (m *Mesh) Sign(msg []byte) []byte { return m.sig.Sign(msg) }

// Send hands b to the channel and copies it. Errors: [peer.ErrNotLinked] while
// State(to) is not Linked, and after Close; [peer.ErrTooLarge];
// [peer.ErrFull], which on Moves means that the path is so far behind that this
// datagram would be stale before it left, or that nothing is heard from there and
// moves go out more rarely. While a silent peer is Linking, moves are tried all the
// same, whatever is returned: one of them is what finds the way free again.
//
// Control, Room, Chat, Signal and User share one ordered lane. What they
// accepted arrives even if the connection breaks and is replaced by another,
// as long as both processes live. Bulk then loses what was under way.
func (m *Mesh) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if ch >= peer.Channels {
		return fmt.Errorf("mesh: there is no channel %d", uint8(ch))
	}
	l := m.link(to)
	if l == nil {
		return peer.ErrNotLinked
	}
	return l.send(ch, b)
}

// Bind makes recv the receiver of a channel; nil takes it off. recv must not
// call Close, and must return soon: while one runs no other does, of no peer and
// no channel, and what others send through this member waits as well. See
// [peer.Link.Bind]. It panics on a channel that does not exist.
func (m *Mesh) Bind(ch peer.Channel, recv func(from peer.ID, b []byte)) {
	if recv == nil {
		m.recv[ch].Store(nil)
		return
	}
	m.recv[ch].Store(&recv)
}

// State reports whether messages to that peer are carried now. A member of the
// room that is not Linked is Linking: the mesh does not give up on it.
func (m *Mesh) State(to peer.ID) peer.State {
	if l := m.link(to); l != nil {
		return peer.State(l.state.Load())
	}
	return peer.Unlinked
}

// Close ends all links and waits until their sockets and goroutines are gone, at
// most 250 ms; but of a connection that the other end closed just before, some
// goroutines of the WebRTC stack, which use no socket, may last 400 ms. It may be called again, from any goroutine, but not from a
// receiver. The error is nil, or says that something was still open then.
func (m *Mesh) Close() error {
	m.once.Do(func() { close(m.quit) })
	late := time.NewTimer(closeWithin)
	defer late.Stop()
	select {
	case <-m.gone:
		return nil
	case <-late.C:
		return errors.New("mesh: connections were still closing after 250 ms")
	}
}

func (m *Mesh) now() time.Duration { return m.cfg.clock() }

func (m *Mesh) link(to peer.ID) *link { return (*m.links.Load())[to] }

// deliver runs the receiver of a channel. m.turn is held.
func (m *Mesh) deliver(ch peer.Channel, from peer.ID, b []byte) {
	if recv := m.recv[ch].Load(); recv != nil {
		(*recv)(from, b)
		return
	}
	m.counts.unbound.Add(1)
}
