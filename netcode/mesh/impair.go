package mesh

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// EnvWeather names the environment variable that a new mesh reads the weather
// from: TUTTI_WEATHER=4g is [Mesh.Impair] with [weather.Parse]("4g").
const EnvWeather = "TUTTI_WEATHER"

// Impair makes what this mesh sends from now on meet a weather, so that a game
// can be tried as its players will have it; the zero Weather ends that. It acts
// between the mesh and the WebRTC stack: on Moves messages are really lost,
// overtaken and duplicated. On the reliable channels, where the stack would send
// again what is lost, they are only delayed and held up by the line. The line
// (Rate, Queue) is one for all peers, everything else is each peer's own luck.
// Both ends do it if both call it.
//
// The error is [weather.Weather.Validate]'s. Off costs nothing; on costs a copy
// of each message and a timer, and no goroutine.
func (m *Mesh) Impair(w weather.Weather) error {
	if err := w.Validate(); err != nil {
		return fmt.Errorf("mesh: Impair: %w", err)
	}
	m.impairs.mu.Lock()
	defer m.impairs.mu.Unlock()
	m.impairs.all, m.impairs.line = w, &line{}
	for _, l := range *m.links.Load() {
		l.impair(w, m.impairs.line)
	}
	return nil
}

// ImpairPeer is [Mesh.Impair] for what goes to one member of the room alone,
// over a line of its own. It lasts until either is called again, or the peer
// leaves the room. The error wraps [peer.ErrNotLinked] for one that is no member.
func (m *Mesh) ImpairPeer(to peer.ID, w weather.Weather) error {
	if err := w.Validate(); err != nil {
		return fmt.Errorf("mesh: ImpairPeer: %w", err)
	}
	l := m.link(to)
	if l == nil {
		return fmt.Errorf("mesh: ImpairPeer: %s is not in the room: %w", to.Short(), peer.ErrNotLinked)
	}
	m.impairs.mu.Lock()
	defer m.impairs.mu.Unlock()
	l.impair(w, &line{})
	return nil
}

// impairs is what new links begin with.
type impairs struct {
	mu   sync.Mutex
	all  weather.Weather
	line *line
}

// impairFromEnv reads [EnvWeather].
func (m *Mesh) impairFromEnv() error {
	name := os.Getenv(EnvWeather)
	if name == "" {
		return nil
	}
	w, err := weather.Parse(name)
	if err != nil {
		return fmt.Errorf("mesh: %s: %w", EnvWeather, err)
	}
	m.cfg.Log.Warn("mesh: the network is made worse on purpose", EnvWeather, name)
	m.impairs.all, m.impairs.line = w, &line{}
	return nil
}

// impair changes the weather towards a peer.
func (l *link) impair(w weather.Weather, on *line) {
	x := l.impaired.Load()
	if x == nil {
		if w == (weather.Weather{}) {
			return
		}
		x = newImpairment(l, uint64(l.id[0])|uint64(l.id[1])<<8)
		l.impaired.Store(x)
	}
	x.shape(w, on)
}

// line is the narrow line of a weather.
type line struct {
	mu   sync.Mutex
	free time.Duration // when it has sent all it accepted
}

// take queues a message and returns when its last byte leaves; false is that it
// would wait too long, and it is not queued.
func (n *line) take(now time.Duration, w *weather.Weather, size int, lossy bool) (time.Duration, bool) {
	if w.Rate == 0 {
		return now, true
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	start, queue := max(now, n.free), w.Queue
	if queue == 0 {
		queue = weather.DefaultQueue
	}
	if lossy && start-now > queue {
		return 0, false
	}
	n.free = start + time.Duration(int64(size)*int64(time.Second)/int64(w.Rate))
	return n.free, true
}

const (
	// packetRoom is what one packet carries of a message, and packetHead what it
	// adds: what a line is charged with.
	packetRoom, packetHead = 1150, 95
	// wireHead is what the network adds to a datagram of our own.
	wireHead = 28
	// maxHeld bounds the moves that are held back towards one peer, in bytes.
	maxHeld = 1 << 20
)

// held is a message that is on its way through the weather.
type held struct {
	at    time.Duration
	order uint64
	way   *way
	lane  lane
	b     []byte
}

// impairment is the weather towards one peer. link.mu may be held when mu is
// taken, never the other way round.
type impairment struct {
	link *link

	mu       sync.Mutex
	weather  weather.Weather
	line     *line
	moves    *weather.Path // but for the line
	reliable *weather.Path // latency and jitter alone
	latest   time.Duration // arrival of the last reliable message: none overtakes it
	wait     []held        // a heap
	count    uint64
	bytes    int
	free     [][]byte
	timer    *time.Timer
	armed    time.Duration // when it fires; 0 is not
	off      bool          // goes when nothing is held any more
	closed   bool
}

func newImpairment(l *link, seed uint64) *impairment {
	return &impairment{link: l, moves: weather.NewPath(seed, weather.Weather{}), reliable: weather.NewPath(seed+1, weather.Weather{})}
}

func (x *impairment) shape(w weather.Weather, on *line) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.weather, x.line, x.off = w, on, w == weather.Weather{}
	w.Rate = 0
	calm := weather.Weather{Latency: w.Latency, Jitter: w.Jitter}
	if x.moves.Shape(w) != nil || x.reliable.Shape(calm) != nil {
		panic("mesh: a weather that was valid is not")
	}
	x.leave()
}

// leave takes x off the link if it is over. mu is held.
func (x *impairment) leave() {
	if x.off && len(x.wait) == 0 {
		x.link.impaired.CompareAndSwap(x, nil)
	}
}

// send lets a message meet the weather. Like a network it says nothing of what
// becomes of it.
func (x *impairment) send(w *way, on lane, b []byte) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := w.m.now()
	size := len(b) + packetHead*(1+len(b)/packetRoom)
	if on == wireLane {
		size = len(b) + wireHead
	}
	lossy := on == movesLane || on == wireLane
	left, ok := x.line.take(now, &x.weather, size, lossy)
	if !lossy {
		at := max(x.reliable.Next(left, size)[0], x.latest)
		x.latest = at
		return x.hold(now, at, w, on, b)
	}
	if !ok || x.bytes > maxHeld {
		return nil
	}
	for _, at := range x.moves.Next(left, size) {
		if err := x.hold(now, at, w, on, b); err != nil {
			return err
		}
	}
	return nil
}

// hold keeps a message until at. mu is held.
func (x *impairment) hold(now, at time.Duration, w *way, on lane, b []byte) error {
	if at <= now && len(x.wait) == 0 || x.closed {
		return w.conn.send(on, false, b)
	}
	var buf []byte
	if n := len(x.free); n > 0 {
		buf, x.free = x.free[n-1][:0], x.free[:n-1]
	}
	x.count++
	x.bytes += len(b)
	x.push(held{at: at, order: x.count, way: w, lane: on, b: append(buf, b...)})
	x.arm(now)
	return nil
}

// arm sets the timer for the first message. mu is held.
func (x *impairment) arm(now time.Duration) {
	if len(x.wait) == 0 || x.closed {
		return
	}
	first := x.wait[0].at
	if x.armed != 0 && x.armed <= first {
		return
	}
	x.armed = max(first, 1)
	if x.timer == nil {
		x.timer = time.AfterFunc(max(0, first-now), x.release)
	} else {
		x.timer.Reset(max(0, first-now))
	}
}

// release sends what is due.
func (x *impairment) release() {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := x.link.m.now()
	x.armed = 0
	for len(x.wait) > 0 && (x.wait[0].at <= now) && !x.closed {
		h := x.pop()
		x.bytes -= len(h.b)
		if !h.way.dead.Load() {
			_ = h.way.conn.send(h.lane, false, h.b) // the way is ending: as if lost
		}
		if len(x.free) < maxFree {
			x.free = append(x.free, h.b)
		}
	}
	x.arm(now)
	x.leave()
}

// close drops what is held.
func (x *impairment) close() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed, x.wait = true, nil
	if x.timer != nil {
		x.timer.Stop()
	}
}

func (h *held) before(o *held) bool { return h.at < o.at || h.at == o.at && h.order < o.order }

func (x *impairment) push(h held) {
	x.wait = append(x.wait, h)
	q := x.wait
	for i := len(q) - 1; i > 0; {
		up := (i - 1) / 2
		if !q[i].before(&q[up]) {
			return
		}
		q[i], q[up] = q[up], q[i]
		i = up
	}
}

func (x *impairment) pop() held {
	q := x.wait
	h, last := q[0], len(q)-1
	q[0], q[last] = q[last], held{}
	q = q[:last]
	x.wait = q
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < last && q[c].before(&q[least]) {
				least = c
			}
		}
		if least == i {
			return h
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
}

// put hands a message to a lane of the way, through the weather if there is any.
// What goes through a third member meets it on the way there.
func (w *way) put(on lane, b []byte) error {
	if on == movesLane && w.conn.packet(b, nil, 0) {
		return nil
	}
	return w.queue(on, b)
}

// queue is put without datagrams of our own.
func (w *way) queue(on lane, b []byte) error {
	if x := w.link.impaired.Load(); x != nil && !w.relayed {
		return x.send(w, on, b)
	}
	return w.conn.send(on, false, b)
}
