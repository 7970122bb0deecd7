//go:build !js

package mesh

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// current sends moves at 60 Hz and reliable messages at 20 Hz from one mesh to
// another, and notes what arrives.
type current struct {
	from, to *Mesh
	stop     chan struct{}
	done     sync.WaitGroup

	mu       sync.Mutex
	arrived  time.Time // the newest move
	sentAt   time.Time // of that one
	reliable []uint32
	sent     uint32
}

func newCurrent(from, to *Mesh) *current {
	s := &current{from: from, to: to, stop: make(chan struct{})}
	to.Bind(peer.Moves, func(id peer.ID, b []byte) {
		if id != from.Self() || len(b) < 8 {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if at := time.Unix(0, int64(binary.LittleEndian.Uint64(b))); at.After(s.sentAt) {
			s.sentAt, s.arrived = at, time.Now()
		}
	})
	to.Bind(peer.User, func(id peer.ID, b []byte) {
		if id != from.Self() || len(b) < 4 {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reliable = append(s.reliable, binary.LittleEndian.Uint32(b))
	})
	s.done.Go(func() {
		tick := time.NewTicker(time.Second / 60)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-tick.C:
			case <-s.stop:
				return
			}
			b := binary.LittleEndian.AppendUint64(nil, uint64(time.Now().UnixNano()))
			_ = from.Send(to.Self(), peer.Moves, append(b, make([]byte, 56)...))
			if n%3 == 0 && from.Send(to.Self(), peer.User, binary.LittleEndian.AppendUint32(nil, s.sent)) == nil {
				s.sent++
			}
		}
	})
	return s
}

// fresh says whether a move arrived that was sent after that.
func (s *current) fresh(after time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sentAt.After(after)
}

func (s *current) end() {
	close(s.stop)
	s.done.Wait()
}

// whole says whether all reliable messages came, once each and in order.
func (s *current) whole() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, v := range s.reliable {
		if v != uint32(i) {
			return fmt.Errorf("message %d of %d is number %d", i, len(s.reliable), v)
		}
	}
	if len(s.reliable) != int(s.sent) {
		return fmt.Errorf("%d of %d messages came", len(s.reliable), s.sent)
	}
	return nil
}

// TestRoaming gives a player another outside address in the middle of a match:
// fresh moves go both ways again within 1.5 s, and nothing reliable is lost.
func TestRoaming(t *testing.T) {
	const limit = 1500 * time.Millisecond
	for _, a := range natlab.Kinds()[1:5] {
		for _, b := range natlab.Kinds()[:5] {
			t.Run(a.Name+" moves, "+b.Name+" stays", func(t *testing.T) {
				inLabRoom(t, 1, weather.Weather{Latency: 25 * time.Millisecond}, 50*time.Millisecond, func(r *labRoom) {
					mover := r.lab.Behind(a.NATs...)
					ms := r.join([]*natlab.Host{mover, r.lab.Behind(b.NATs...)}, keysInOrder(2), Config{})
					defer r.shut(ms...)
					if _, ok := r.linked(5*time.Second, ms...); !ok {
						t.Error("not linked")
						return
					}
					out, in := newCurrent(ms[0], ms[1]), newCurrent(ms[1], ms[0])
					time.Sleep(3 * time.Second)
					before := mover.Public()
					way := func() *way {
						l := ms[0].link(ms[1].Self())
						l.mu.Lock()
						defer l.mu.Unlock()
						return l.active
					}
					first := way()
					mover.Site().Renumber()
					moved := time.Now()
					if mover.Public() == before {
						t.Error("the address is the same")
					}
					took, ok := r.until(5*time.Second, func() bool { return out.fresh(moved) && in.fresh(moved) })
					time.Sleep(2 * time.Second)
					out.end()
					in.end()
					time.Sleep(time.Second)
					same := way() == first
					t.Logf("playing again after %v; the same connection: %v", took, same)
					if !ok || took > limit {
						t.Errorf("playing again after %v, want within %v", took, limit)
					}
					for _, s := range []*current{out, in} {
						if err := s.whole(); err != nil || s.sent < 60 {
							t.Errorf("%d sent: %v", s.sent, err)
						}
					}
				})
			})
		}
	}
}
