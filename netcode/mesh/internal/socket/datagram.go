//go:build !js

package socket

import (
	"net/netip"
	"sync"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/datagram"
)

// datagrams is what came of package datagram and waits for its receivers. They
// run on a goroutine of their own, for they may be slow, and nothing else of the
// socket must wait for them.
type datagrams struct {
	mu        sync.RWMutex
	receivers map[uint32]func(from netip.AddrPort, b []byte)

	queue queue
	quit  chan struct{}
	done  chan struct{}
}

func (d *datagrams) open() {
	d.receivers = map[uint32]func(netip.AddrPort, []byte){}
	d.queue.wake = make(chan struct{}, 1)
	d.quit, d.done = make(chan struct{}), make(chan struct{})
}

// run is the goroutine.
func (d *datagrams) run(s *spares) {
	defer close(d.done)
	for {
		p := d.queue.take()
		if p == nil {
			select {
			case <-d.queue.wake:
				continue
			case <-d.quit:
				return
			}
		}
		name, _ := datagram.NameOf(p.data[:p.n])
		d.mu.RLock()
		receive := d.receivers[name]
		d.mu.RUnlock()
		if receive != nil {
			receive(p.from, p.data[:p.n])
		}
		s.put(p)
	}
}

// stop ends the goroutine and waits for it. It is called once.
func (d *datagrams) stop() {
	close(d.quit)
	<-d.done
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
	d.receivers[name] = receive
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
	known := d.receivers[name] != nil
	d.mu.RUnlock()
	switch {
	case !ok || !known:
		s.strange.Add(1)
		return false
	case !d.queue.put(p):
		s.over.Add(1)
		return false
	}
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

// Heard tells that a datagram of the peer came, by what it was sealed with. If it
// came from elsewhere than the address in use, and that one is silent, that one is
// asked whether the peer is there now.
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
