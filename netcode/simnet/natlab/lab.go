//go:build !js

package natlab

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// DefaultLatency is the one-way latency of every path in a [Lab] whose
// [Config.Weather] is zero: a round trip of 20 ms.
const DefaultLatency = 10 * time.Millisecond

// Config tunes a [Lab]. The zero value works.
type Config struct {
	// Seed rules all chance: weather, ports, addresses' order.
	Seed uint64
	// Weather is what every direction between two hosts meets until
	// [Lab.Weather] changes it; hosts behind one router at home have a cable
	// between them instead. The zero Weather is [DefaultLatency] and nothing
	// else.
	Weather weather.Weather
	// IPv6 gives every host an IPv6 address as well. Routers do not translate it;
	// they let in what NAT.Filtering allows.
	IPv6 bool
	// Tap sees every datagram as it is sent, before anything happens to it, and
	// loses it by returning false. It runs on the sender's goroutine, one call at
	// a time, and must not call into the Lab; b is valid during the call alone.
	// nil lets everything pass.
	Tap func(from *Host, src, dst netip.AddrPort, b []byte) bool
}

// Validate reports the first field that is out of range; nil if none is.
func (cfg Config) Validate() error {
	if err := cfg.Weather.Validate(); err != nil {
		return fmt.Errorf("natlab: Config.Weather: %w", err)
	}
	return nil
}

// Lab is one Internet with everything that is connected to it. All methods are
// safe for concurrent use and none blocks. It starts no goroutine; a timer of
// the runtime moves its packets, so in a synctest bubble it must be made within.
type Lab struct {
	cfg   Config
	start time.Time

	mu     sync.Mutex
	closed bool
	timer  *time.Timer
	armed  time.Duration // when the timer fires; 0 is not at all
	events queue
	seq    uint64
	hosts  []*Host
	sites  int
	net    lan // the Internet
	pairs  map[[2]int]*pair
	six    map[netip.Addr]*Host
	next6  int
	outage gap
}

// New returns an Internet without anybody. It panics if cfg is not valid.
func New(cfg Config) *Lab {
	if err := cfg.Validate(); err != nil {
		panic(err)
	}
	if cfg.Weather == (weather.Weather{}) {
		cfg.Weather.Latency = DefaultLatency
	}
	l := &Lab{cfg: cfg, start: time.Now(), pairs: map[[2]int]*pair{}, six: map[netip.Addr]*Host{}}
	l.net.init(public[0])
	return l
}

// Now returns the time since the Lab was made.
func (l *Lab) Now() time.Duration { return time.Since(l.start) }

// Close closes all sockets and loses what is under way. It may be called again.
func (l *Lab) Close() {
	l.mu.Lock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.events = nil
	var open []*socket
	for _, h := range l.hosts {
		for _, s := range h.socks {
			open = append(open, s)
		}
	}
	l.mu.Unlock()
	for _, s := range open {
		s.Close()
	}
}

// seed derives the seed of a part of the Lab.
func (l *Lab) seed(kind, a, b int) uint64 {
	h := l.cfg.Seed
	for _, x := range [...]int{kind, a, b} {
		dice := weather.NewDice(h ^ uint64(x)*0xd1342543de82ef95)
		h = dice.Uint64()
	}
	return h
}

// What seeds are for.
const (
	pairSeed = iota + 1
	siteSeed
	hostSeed
	siteEdgeSeed
	hostEdgeSeed
)
