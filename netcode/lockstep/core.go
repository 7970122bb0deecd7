package lockstep

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Core is one member's view of one match. See the package comment for how a
// driver uses it. Many goroutines may, never two at once; nothing blocks.
//
//	verified[s] ≤ current; published ≤ min(confirmed, current)
type Core struct {
	cfg     Config
	logs    [MaxMembers]seatLog
	members [MaxMembers]member
	local   []int // the seats that this member holds

	held   [MaxMembers][]byte // per local seat: the controls as held now
	orders [MaxMembers]orderQueue
	delay  int // input delay in frames, now

	now       time.Duration // of the datagram or letter that is being read
	current   Frame         // the next frame to step
	confirmed Frame         // all entries below are held; it may be beyond current
	settled   Frame
	reqs      []Request
	used      [usedFrames][MaxMembers]usedInput
	verified  [MaxMembers]Frame // per seat: frames below were stepped on real moves

	kept keeper
	redo Frame // frames from here on are to be stepped again; forever is none

	checks  checker
	pace    pacer
	adapt   adapter
	watcher watcher
	stall   staller

	machine  *epoch.Machine // nil in a match of one
	sums     summer
	commands commander
	evidence witness
	archive  archive
	guest    guest
	hosts    [MaxMembers]host
	reborn   uint8  // members of which another process asks to be let in
	nonces   uint32 // how many incarnations we had

	hurry   bool // an answer to others does not wait for the next frame
	alone   bool // GoAlone was called
	leaving bool // Leave was called
	left    bool // and our last entries are written
	events  []Event
	letters []Letter
	spill   Letter // the letter for which there was no room
	words   []byte // of the agreement, for the next datagram
	stats   Stats
}

// Stats counts what a Core did.
type Stats struct {
	Rollbacks        int
	RolledBackFrames int64
	DeepestRollback  int // frames
	StalledTicks     int64
	Checks           int
	Desynced         bool
	BadDatagrams     int64
}

// New returns a Core at frame 0, or an error that names what is wrong in cfg.
func New(cfg Config) (*Core, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.SaveEvery = max(cfg.SaveEvery, 1)
	if cfg.HeadEvery == 0 {
		cfg.HeadEvery = max(Frame(time.Second/2/cfg.Frame), 1)
	}
	c := &Core{cfg: cfg, delay: cfg.InputDelay, redo: forever}
	c.kept.init()
	for s := range MaxMembers {
		owner := -1
		if s < len(cfg.Seats) {
			owner = cfg.Seats[s]
		}
		id := peer.ID{}
		if owner >= 0 {
			id = cfg.IDs[owner]
		}
		c.logs[s].init(cfg.Match, s, owner, id)
		c.logs[s].reports = owner >= 0 && cfg.Members > 1 && slices.Index(cfg.Seats, owner) == s
		if owner == cfg.Self && s < len(cfg.Seats) {
			c.local = append(c.local, s)
			c.held[s] = make([]byte, cfg.MoveMin, max(cfg.MoveMax, 1))
		}
	}
	c.pace.frame = cfg.Frame
	c.checks.interval = Frame(cfg.CheckInterval)
	for m := range c.members {
		c.members[m].slackLow, c.members[m].slackPrev = noSlack, noSlack
	}
	c.evidence.shelf = evidence.NewShelf(cfg.Match)
	c.evidence.forkSeat = -1
	c.archive.init(cfg.ArchiveBytes)
	if cfg.Late {
		c.becomeGuest()
	}
	if cfg.Members == 1 {
		return c, nil
	}
	var err error
	c.machine, err = epoch.New(epoch.Config{
		Match: cfg.Match, IDs: cfg.IDs, Self: cfg.Self, Seats: cfg.Seats,
		Key: cfg.Key, Incarnation: c.guest.nonce, Patience: cfg.DropAfter + thaw,
	}, logView{c})
	return c, err
}

// SetMove makes b the held controls of a local seat: they are written into the
// log at each frame from now on, until the next SetMove. b is copied.
func (c *Core) SetMove(seat int, b []byte) { c.held[seat] = append(c.held[seat][:0], b...) }

// ErrBacklog is returned by Order when MaxBacklog bytes of orders already wait.
var ErrBacklog = errors.New("lockstep: too many orders wait")

// Order queues an order of a local seat, 1 to [MaxOrder] bytes. b is copied.
func (c *Core) Order(seat int, b []byte) error {
	if len(b) == 0 || len(b) > MaxOrder {
		return fmt.Errorf("lockstep: an order of %d bytes; want 1 to %d", len(b), MaxOrder)
	}
	if !c.orders[seat].push(b) {
		return ErrBacklog
	}
	return nil
}

// OrdersWaiting returns how many bytes of orders are not in the log yet.
func (c *Core) OrdersWaiting() int {
	n := 0
	for _, s := range c.local {
		n += len(c.orders[s].stream)
	}
	return n
}

// Leave writes the last entry of the local seats: they are Gone from the frame
// after it. Nothing is stepped any more. Datagrams go on until [Core.Parted].
func (c *Core) Leave() {
	c.leaving = true
	c.sayGoodbye()
}

// sayGoodbye writes the last entries, but not while the others count on our
// part in an agreement: who has left takes part in none.
func (c *Core) sayGoodbye() {
	if !c.leaving || c.left || c.machine != nil && c.machine.Bound() {
		return
	}
	c.left = true
	for _, s := range c.local {
		if l := &c.logs[s]; l.live() && !c.guest.active {
			l.put(l.head, &Entry{Move: c.held[s], Leave: true})
		}
	}
}

// Parted reports whether everyone who is still in the match, as far as it can
// be heard, holds our last entry, so that nobody needs us any more.
func (c *Core) Parted() bool {
	for m := range c.cfg.Members {
		if m == c.cfg.Self || !c.takesPart(m) || c.members[m].left || c.watcher.suspects&bit(m) != 0 {
			continue
		}
		for _, s := range c.local {
			if c.members[m].have[s] < c.logs[s].end {
				return false
			}
		}
	}
	return c.left
}

// Current returns the next frame to step.
func (c *Core) Current() Frame { return c.current }

// Confirmed returns the frame below which all frames were stepped on real moves.
func (c *Core) Confirmed() Frame { return min(c.confirmed, c.current) }

// Settled returns the frame below which every member holds everything.
func (c *Core) Settled() Frame { return min(c.settled, c.current) }

// Delay returns the input delay in frames, as it is now.
func (c *Core) Delay() int { return c.delay }

// Stats returns the counters.
func (c *Core) Stats() Stats { return c.stats }

// Status returns who is at a seat in the newest confirmed frame.
func (c *Core) Status(seat int) Status { return c.logs[seat].status(max(c.Confirmed()-1, 0)) }

// Held returns the frame below which all entries of a seat are held.
func (c *Core) Held(seat int) Frame { return c.logs[seat].head }

// NewestHash returns the newest frame whose state was hashed after it was
// confirmed, and that hash; frame 0 is none yet.
func (c *Core) NewestHash() (Frame, uint64) {
	return c.checks.published, c.checks.sum(c.checks.published)
}

// Path is what is known of the way to one member.
type Path struct {
	RTT               time.Duration // smoothed; 0 is unknown
	Silent            time.Duration // since its last datagram
	Ahead             int           // frames by which its clock runs ahead of ours
	Lost, Received    int64         // datagrams from it
	Sent              int64         // datagrams to it
	BytesOut, BytesIn int64
	Suspected, Gone   bool
}

// Path returns what is known of the way to another member.
func (c *Core) Path(now time.Duration, m int) Path {
	p := &c.members[m]
	silent := time.Duration(0)
	if p.heard {
		silent = now - p.heardAt
	}
	return Path{
		RTT: p.rtt, Silent: silent, Ahead: -p.offset() / aheadUnit,
		Lost: p.lost, Received: p.received, Sent: p.datagrams, BytesOut: p.bytesOut, BytesIn: p.bytesIn,
		Suspected: c.watcher.suspects&bit(m) != 0, Gone: !c.takesPart(m),
	}
}

// Epoch returns the number of the present epoch: how often the voters changed.
func (c *Core) Epoch() int {
	if c.machine == nil {
		return 0
	}
	return int(c.machine.Epoch())
}

// Agreement returns where this peer stands in the agreement on the next epoch.
func (c *Core) Agreement() epoch.State {
	if c.machine == nil {
		return epoch.Normal
	}
	return c.machine.State()
}

func bit(m int) uint8 { return 1 << m }
