//go:build !js

package socket

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
)

const (
	// maxWaiting is how many datagrams of one name wait, and maxDatagrams of all, so
	// that nobody's flood takes the place of another's: a second of moves at 60 Hz.
	maxWaiting   = 64
	maxDatagrams = 1024
)

// receiver is who listens for a name.
type receiver struct {
	take    func(from netip.AddrPort, b []byte)
	waiting atomic.Int32
}

// courierStays is how long the goroutine waits for more.
const courierStays = 100 * time.Millisecond

// datagrams is what came of package datagram and waits for its receivers. They run
// on a goroutine of their own, which there is while datagrams come: they may be
// slow, and nothing else of the socket must wait for them.
type datagrams struct {
	mu        sync.RWMutex
	receivers map[uint32]*receiver

	queue   queue
	courier sync.WaitGroup
	quit    chan struct{}
	// Under run: whether the goroutine is there, and whether it may be.
	run     sync.Mutex
	running bool
	over    bool
}

func (d *datagrams) open() {
	d.receivers = map[uint32]*receiver{}
	d.queue.most = maxDatagrams
	d.queue.wake = make(chan struct{}, 1)
	d.quit = make(chan struct{})
}

// wake makes sure that the goroutine is there.
func (d *datagrams) wake() {
	d.run.Lock()
	defer d.run.Unlock()
	if !d.running && !d.over {
		d.running = true
		d.courier.Go(d.carry)
	}
}

// carry is the goroutine.
func (d *datagrams) carry() {
	idle := time.NewTicker(courierStays)
	defer idle.Stop()
	for busy := false; ; {
		for p := d.queue.take(); p != nil; p = d.queue.take() {
			busy = true
			d.deliver(p)
			p.free()
		}
		select {
		case <-d.queue.wake:
		case <-idle.C:
			if !busy && d.leave() {
				return
			}
			busy = false
		case <-d.quit:
			return
		}
	}
}

// leave says whether the goroutine may end: nothing waits.
func (d *datagrams) leave() bool {
	d.run.Lock()
	defer d.run.Unlock()
	d.running = !d.queue.empty()
	return !d.running
}

func (d *datagrams) deliver(p *packet) {
	name, _ := datagram.NameOf(p.data[:p.n])
	d.mu.RLock()
	r := d.receivers[name]
	d.mu.RUnlock()
	if r != nil {
		r.take(p.from, p.data[:p.n])
		r.waiting.Add(-1)
	}
}

// stop ends the goroutine and waits for it. It is called once.
func (d *datagrams) stop() {
	d.run.Lock()
	d.over = true
	d.run.Unlock()
	close(d.quit)
	d.courier.Wait()
}

// Listen has datagrams of a name handed to a receiver, one at a time and on a
// goroutine of the set; b is the set's again when it returns. False if there is
// one of that name.
func (s *Set) Listen(name uint32, receive func(from netip.AddrPort, b []byte)) bool {
	d := &s.datagrams
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.receivers[name] != nil {
		return false
	}
	d.receivers[name] = &receiver{take: receive}
	return true
}

// Unlisten ends [Set.Listen]. What is being received goes on.
func (s *Set) Unlisten(name uint32) {
	s.datagrams.mu.Lock()
	defer s.datagrams.mu.Unlock()
	delete(s.datagrams.receivers, name)
}

// datagram keeps a packet that somebody listens for.
func (s *Set) datagram(p *packet) (kept bool) {
	d := &s.datagrams
	name, ok := datagram.NameOf(p.data[:p.n])
	d.mu.RLock()
	r := d.receivers[name]
	d.mu.RUnlock()
	switch {
	case !ok || r == nil:
		s.strange.Add(1)
		return false
	case r.waiting.Load() >= maxWaiting || !d.queue.put(p):
		s.over.Add(1)
		return false
	}
	r.waiting.Add(1)
	d.wake()
	return true
}

// Datagram sends b to where the peer is now. False if that is not known, or if the
// machine refused it; then it was not sent.
func (f *Flow) Datagram(b []byte) bool {
	s := f.set
	s.mu.Lock()
	to := f.real
	k := s.socks[familyOf(to.Addr())]
	if !f.chosen || f.over || k == nil {
		s.mu.Unlock()
		return false
	}
	s.mu.Unlock()
	_, err := k.write(b, to)
	return err == nil
}

// Heard tells that a datagram of the peer came, by what it was sealed with, and that
// none sent later came before it. If it came from elsewhere than the address in use,
// and that one is silent, the peer is asked whether it is there now; from where it
// was before it is believed at once: it never moved.
func (f *Flow) Heard(from netip.AddrPort) {
	s := f.set
	s.mu.Lock()
	now := s.now()
	var ask []byte
	switch {
	case !f.chosen || f.over:
	case from == f.before:
		f.real, f.before, f.heard = from, netip.AddrPort{}, now
		f.moves++
	default:
		ask = f.follow(from, now)
	}
	s.mu.Unlock()
	if ask != nil {
		s.Send(ask, from)
	}
}
