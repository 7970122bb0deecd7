//go:build !js

package mesh

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestRestart makes ICE restarts from both ends in a running match: the
// connection stays the same, has new credentials and another flow, and nothing
// reliable is lost.
func TestRestart(t *testing.T) {
	for _, kind := range []natlab.Kind{natlab.Kinds()[0], natlab.Kinds()[3]} {
		t.Run(kind.Name, func(t *testing.T) {
			inLabRoom(t, 1, weather.Weather{Latency: 25 * time.Millisecond, Loss: weather.Percent(1)}, 50*time.Millisecond, func(r *labRoom) {
				ms := r.join([]*natlab.Host{r.lab.Behind(kind.NATs...), r.lab.Behind(kind.NATs...)}, keysInOrder(2), Config{})
				defer r.shut(ms...)
				if _, ok := r.linked(5*time.Second, ms...); !ok {
					t.Error("not linked")
					return
				}
				out, in := newCurrent(ms[0], ms[1]), newCurrent(ms[1], ms[0])
				var mu sync.Mutex
				var letters [][]byte
				r.hub.setTap(func(_, _ peer.ID, b []byte) [][]byte {
					mu.Lock()
					defer mu.Unlock()
					if l, err := letter.Parse(b); err == nil && l.Kind == letter.Restart {
						letters = append(letters, b)
					}
					return [][]byte{b}
				})
				way := ms[0].link(ms[1].Self()).active
				for i, by := range []*Mesh{ms[0], ms[1]} {
					other := ms[1-i].Self()
					time.Sleep(restartEvery + time.Second)
					flow := flowOf(ms[0], way)
					if err := by.Restart(other); err != nil {
						t.Error(err)
					}
					took, ok := r.until(2*time.Second, func() bool {
						f := flowOf(ms[0], way)
						if f == nil || f == flow {
							return false
						}
						at, _ := f.Remote()
						return at.IsValid()
					})
					t.Logf("by %d: another flow after %v", i, took)
					now := time.Now()
					fresh, ok2 := r.until(2*time.Second, func() bool { return out.fresh(now) && in.fresh(now) })
					if !ok || !ok2 || took+fresh > time.Second {
						t.Errorf("by %d: another flow after %v, fresh moves after %v more", i, took, fresh)
					}
				}
				// Whoever carries the letters plays them again, and changes one.
				flow, before := flowOf(ms[1], ms[1].link(ms[0].Self()).active), ms[1].Stats()
				mu.Lock()
				if len(letters) != 2 {
					t.Errorf("%d letters of restarts, want 2", len(letters))
				}
				forged, _ := letter.Parse(letters[1])
				mu.Unlock()
				binary.LittleEndian.PutUint64(forged.Nonce[:], 9)
				for _, b := range [][]byte{letters[0], letters[1], forged.Append(nil)} {
					r.hub.inject(ms[0].Self(), ms[1].Self(), b)
				}
				time.Sleep(time.Second)
				if st := ms[1].Stats(); st.Forged != before.Forged+1 || flowOf(ms[1], ms[1].link(ms[0].Self()).active) != flow {
					t.Errorf("replayed and forged restarts: %+v, before %+v", st, before)
				}
				out.end()
				in.end()
				time.Sleep(time.Second)
				if ms[0].link(ms[1].Self()).active != way {
					t.Error("the connection is another one")
				}
				for _, s := range []*current{out, in} {
					if err := s.whole(); err != nil || s.sent < 100 {
						t.Errorf("%d sent: %v", s.sent, err)
					}
				}
				if st := ms[0].Stats(); st.Forged+st.BadLetters != 0 {
					t.Errorf("%+v", st)
				}
				if ms[0].Restart(testKey(99).ID()) != peer.ErrNotLinked {
					t.Error("a stranger's connection restarts")
				}
			})
		})
	}
}

// flowOf returns the flow that a connection has now.
func flowOf(m *Mesh, w *way) *socket.Flow {
	d := w.conn.(*pionConn).pc.CurrentLocalDescription()
	if d == nil {
		return nil
	}
	ufrag, _ := credentials(d.SDP)
	return m.platform.set.Find(ufrag)
}

// TestRestartThroughAThird makes an ICE restart while the room's server carries
// nothing any more: its letters go through the third player, within a second.
func TestRestartThroughAThird(t *testing.T) {
	inLabRoom(t, 1, weather.Weather{Latency: 25 * time.Millisecond}, 50*time.Millisecond, func(r *labRoom) {
		ms := r.join([]*natlab.Host{r.lab.Host(), r.lab.Host(), r.lab.Host()}, keysInOrder(3), Config{})
		defer r.shut(ms...)
		if _, ok := r.linked(5*time.Second, ms...); !ok {
			t.Error("not linked")
			return
		}
		time.Sleep(2 * time.Second)
		var lost atomic.Int64
		r.hub.setTap(func(_, _ peer.ID, _ []byte) [][]byte { lost.Add(1); return nil })
		for i, by := range ms[:2] {
			l := ms[0].link(ms[1].Self())
			l.mu.Lock()
			way := l.active
			l.mu.Unlock()
			flow := flowOf(ms[0], way)
			if err := by.Restart(ms[1-i].Self()); err != nil {
				t.Error(err)
			}
			took, ok := r.until(3*time.Second, func() bool {
				f := flowOf(ms[0], way)
				if f == nil || f == flow {
					return false
				}
				at, _ := f.Remote()
				return at.IsValid()
			})
			t.Logf("by %d: another flow after %v", i, took)
			if !ok || took > time.Second {
				t.Errorf("by %d: another flow after %v, want within 1 s", i, took)
			}
			time.Sleep(restartEvery + time.Second)
		}
		if lost.Load() == 0 {
			t.Error("nothing was sent through the server: it was not asked")
		}
	})
}
