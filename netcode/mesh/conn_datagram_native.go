//go:build !js

package mesh

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
)

// datagrams are a connection's moves beside SCTP, see package datagram. They go
// over the socket that the connection's packets go over, to where these go.
type datagrams struct {
	lane atomic.Pointer[datagram.Lane] // nil before the keys are agreed on
	both atomic.Bool                   // the other end has such a socket too
	flow atomic.Pointer[socket.Flow]   // the newest
	name uint32

	mu     sync.Mutex
	sealed []byte // scratch
}

// keyed takes the keys that offer and answer agreed on.
func (c *pionConn) keyed(pair *seal.Pair) {
	d := &c.datagrams
	lane := datagram.New(pair)
	if c.way.m.platform.plain || !c.way.m.platform.set.Listen(lane.Name(), c.arrived) {
		return // a name that is taken: one in millions
	}
	d.name = lane.Name()
	d.lane.Store(lane)
}

// close ends the receiving.
func (d *datagrams) close(p *platform) {
	if d.lane.Load() != nil {
		p.set.Unlisten(d.name)
	}
}

// packets implements conn.
func (c *pionConn) packets() bool {
	lane := c.datagrams.lane.Load()
	return lane != nil && lane.Usable(c.way.m.now())
}

// packet implements conn.
func (c *pionConn) packet(b, riders []byte, spares int) bool {
	if !c.packets() || len(b) > maxPacket {
		return false
	}
	d, now := &c.datagrams, c.way.m.now()
	lane := d.lane.Load()
	if len(b)+len(riders) >= maxPacket {
		riders = nil // lost; they come again
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range 1 + spares {
		var err error
		if d.sealed, err = lane.Seal(d.sealed[:0], now, riders, b); err != nil || c.way.wire(d.sealed) != nil {
			return i > 0
		}
		riders = nil
	}
	return true
}

// ask finds out whether datagrams get through. It is called when the connection
// opens and then each 50 ms.
func (c *pionConn) ask() {
	d := &c.datagrams
	lane := d.lane.Load()
	if lane == nil || !d.both.Load() || !c.way.isOpen() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var ok bool
	if d.sealed, ok = lane.Ask(d.sealed[:0], c.way.m.now()); ok {
		_ = c.way.wire(d.sealed) // asked again
	}
}

// arrived takes a datagram, on the goroutine of the socket.
func (c *pionConn) arrived(from netip.AddrPort, b []byte) {
	d, w := &c.datagrams, c.way
	lane := d.lane.Load()
	if lane == nil || w.dead.Load() {
		return
	}
	now := w.m.now()
	p, err := lane.Open(now, b)
	switch {
	case errors.Is(err, datagram.ErrTwice):
		w.doubled(p.Number)
		return
	case err != nil:
		w.m.counts.forged.Add(1) // by whoever saw the name: nobody is to blame for it
		return
	}
	if flow := d.flow.Load(); flow != nil && p.Newest { // one held back says nothing of where they are now
		flow.Heard(from)
	}
	if p.Answer {
		d.mu.Lock()
		if d.sealed, err = lane.Answer(d.sealed[:0], now); err == nil {
			_ = w.wire(d.sealed) // they ask again
		}
		d.mu.Unlock()
	}
	w.arrivedPacket(p.Number, len(p.Payload) > 0)
	for b := p.Rider(); b != nil; b = p.Rider() {
		w.receive(movesLane, false, b)
	}
	if len(p.Payload) > 0 {
		w.receive(movesLane, false, p.Payload)
	}
}

// elsewhere: something came over a data channel.
func (c *pionConn) elsewhere() {
	if lane := c.datagrams.lane.Load(); lane != nil {
		lane.Elsewhere(c.way.m.now())
	}
}
