//go:build !js

package mesh

import (
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// stopwatch measures how long moves travel from one mesh to another.
type stopwatch struct {
	mu   sync.Mutex
	took []time.Duration
	sent int
}

func watchMoves(to *Mesh) *stopwatch {
	w := &stopwatch{}
	to.Bind(peer.Moves, func(_ peer.ID, b []byte) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.took = append(w.took, time.Since(time.Unix(0, int64(binary.LittleEndian.Uint64(b)))))
	})
	return w
}

// sendMoves sends a move, 200 bytes long, from each to the other.
func sendMoves(w *stopwatch, from, to *Mesh) {
	b := make([]byte, 200)
	binary.LittleEndian.PutUint64(b, uint64(time.Now().UnixNano()))
	if from.Send(to.Self(), peer.Moves, b) == nil {
		w.sent++
	}
	_ = to.Send(from.Self(), peer.Moves, b)
}

// take returns the delays so far, sorted, and forgets them.
func (w *stopwatch) take() (sorted []time.Duration, sent int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.Sort(w.took)
	sorted, sent = w.took, w.sent
	w.took, w.sent = nil, 0
	return sorted, sent
}

func (w *stopwatch) share(list []time.Duration, percent int) time.Duration {
	return list[min(len(list)*percent/100, len(list)-1)]
}

// TestSnapshotDuringPlay: 10 MB on bulk over a line of 20 Mbit/s while two play.
func TestSnapshotDuringPlay(t *testing.T) {
	const size, mbit20 = 10_000_000, 20_000_000 / 8
	seeds.Each(t, 2, func(t *testing.T, seed uint64) { snapshotDuringPlay(t, seed, size, mbit20) })
}

func snapshotDuringPlay(t *testing.T, seed uint64, size, mbit20 int) {
	inLab(t, 2, seed, func(t *testing.T, f *field) {
		f.hosts[0].Line(weather.Weather{Rate: mbit20}, weather.Weather{})
		a, b := f.enter(Config{}), f.enter(Config{})
		f.within(5*time.Second, "links", f.allLinked)
		w := watchMoves(b)
		frame := time.NewTicker(time.Second / 60)
		defer frame.Stop()
		for range 60 * 5 {
			<-frame.C
			sendMoves(w, a, b)
		}
		calm, _ := w.take()
		var mu sync.Mutex
		got, bad := 0, 0
		b.Bind(peer.Bulk, func(_ peer.ID, msg []byte) {
			mu.Lock()
			defer mu.Unlock()
			got += len(msg)
			if len(msg) != peer.MaxMessage || msg[0] != msg[len(msg)-1] {
				bad++
			}
		})
		chunk := make([]byte, peer.MaxMessage)
		start, sent, full := time.Now(), 0, 0
		for mu.Lock(); got < size; mu.Lock() {
			mu.Unlock()
			<-frame.C
			for sent < size {
				chunk[0] = byte(sent >> 14)
				chunk[len(chunk)-1] = chunk[0]
				if err := a.Send(b.Self(), peer.Bulk, chunk); err == peer.ErrFull {
					full++
					break
				} else if err != nil {
					t.Fatal(err)
				}
				sent += len(chunk)
			}
			sendMoves(w, a, b)
			if time.Since(start) > time.Minute {
				t.Fatalf("only %d bytes within a minute: %+v", got, a.Path(b.Self()))
			}
		}
		mu.Unlock()
		took := time.Since(start)
		busy, moves := w.take()
		growth := w.share(busy, 99) - w.share(calm, 99)
		percent := int(int64(size) * 100 * int64(time.Second) / int64(took) / int64(mbit20))
		t.Logf("%d bytes in %v, %d %% of the line; p99 of %d moves grows by %v from %v, p50 by %v, the worst by %v", got, took, percent,
			moves, growth, w.share(calm, 99), w.share(busy, 50)-w.share(calm, 50), busy[len(busy)-1]-calm[len(calm)-1])
		if full == 0 || moves < 60*3 {
			t.Errorf("premise: the queue was full %d times, %d moves", full, moves)
		}
		if growth > 10*time.Millisecond || percent < 60 || bad > 0 || len(busy) < moves*98/100 {
			t.Errorf("p99 grows by %v, %d %% of the line, %d bad messages, %d of %d moves came", growth, percent, bad, len(busy), moves)
		}
	})
}
