//go:build linux

package mesh

import (
	"bytes"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// udpSockets counts the UDP sockets of this process, by family.
func udpSockets(t *testing.T) (v4, v6 int) {
	t.Helper()
	mine := map[string]bool{}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("needs /proc")
	}
	for _, fd := range fds {
		if link, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil {
			if inode, ok := strings.CutPrefix(link, "socket:["); ok {
				mine[strings.TrimSuffix(inode, "]")] = true
			}
		}
	}
	count := func(file string) (n int) {
		b, err := os.ReadFile(file)
		if err != nil {
			return 0
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) > 9 && mine[f[9]] {
				n++
			}
		}
		return n
	}
	return count("/proc/self/net/udp"), count("/proc/self/net/udp6")
}

// heap returns the bytes in use, stacks included: the least of some collections. What
// others allocate between a collection and the look at it is not in use.
func heap() int64 {
	least := int64(math.MaxInt64)
	for range 5 {
		runtime.GC()
		runtime.GC() // the first one leaves the pools what they have
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		least = min(least, int64(m.HeapAlloc+m.StackInuse))
	}
	return least
}

// connections counts the WebRTC connections of this process; b is scratch.
func connections(b []byte) int {
	return bytes.Count(b[:runtime.Stack(b, true)], []byte("/taskloop.(*Loop).runLoop("))
}

// TestFootprint links one mesh with 15 others on real sockets, and they play: each
// mesh has one socket per family, each end of a link so many goroutines and bytes,
// its share of the mesh included, and 1 s after Close nothing is left.
func TestFootprint(t *testing.T) {
	const others, ends = 15, 2 * 15
	time.Sleep(300 * time.Millisecond) // what the test before left ends
	stacks := make([]byte, 4<<20)
	before, used := runtime.NumGoroutine(), heap()
	first4, first6 := udpSockets(t)
	// The members of a room of two each, but the first is in all: 15 links, 30 ends.
	h, keys := newHub(), keysInOrder(1+others)
	heard := map[[2]peer.ID]*atomic.Bool{} // by whom of whom
	for _, k := range keys[1:] {
		star, leaf := keys[0].ID(), k.ID()
		heard[[2]peer.ID{star, leaf}], heard[[2]peer.ID{leaf, star}] = new(atomic.Bool), new(atomic.Bool)
	}
	enter := func(s Signaler) *Mesh {
		// A machine that stands still now and then is no reason to make links anew.
		m := New(s, Config{Loopback: true, Silence: MaxSilence})
		if err := m.Err(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			m.Close()
			<-m.done
		})
		m.Bind(peer.Moves, func(from peer.ID, _ []byte) { heard[[2]peer.ID{m.Self(), from}].Store(true) })
		return m
	}
	star := enter(h.enter(keys[0]))
	all := []*Mesh{star}
	for _, k := range keys[1:] { // one after the other: how quick 15 at once are is not the question
		m := enter(&seatOfPair{h.enter(k), star.Self()})
		linked(t, star, m)
		all = append(all, m)
	}
	v4, v6 := udpSockets(t)
	if v4, v6 = v4-first4, v6-first6; v4 != len(all) || v6 != 0 && v6 != len(all) {
		t.Errorf("%d meshes have %d sockets of IPv4 and %d of IPv6, want one of each family", len(all), v4, v6)
	}
	// The packets of a handshake are sent again for a while, by goroutines of the moment.
	time.Sleep(2 * time.Second)
	// In play, and not while a link is made anew all the same, beside its old connection.
	move := make([]byte, 100)
	var counts [11]int
	var now int64
	for late := time.Now().Add(patience); ; {
		begun := connections(stacks)
		for i := range counts {
			for _, m := range all[1:] {
				_ = star.Send(m.Self(), peer.Moves, move)
				_ = m.Send(star.Self(), peer.Moves, move)
			}
			time.Sleep(50 * time.Millisecond)
			counts[i] = runtime.NumGoroutine() - before
		}
		now = heap()
		ended := connections(stacks)
		if begun == ends && ended == ends {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("%d and %d connections at %d ends of links", begun, ended, ends)
		}
	}
	slices.Sort(counts[:])
	for pair, yes := range heard {
		if !yes.Load() {
			t.Errorf("premise: %v never heard a move of %v", pair[0], pair[1])
		}
	}
	perEnd, bytesPerEnd := float64(counts[len(counts)/2])/ends, (now-used)/ends
	t.Logf("%d sockets of IPv4 and %d of IPv6 for %d meshes; %.1f goroutines (%.1f to %.1f) and %d KiB for each end of a link",
		v4, v6, len(all), perEnd, float64(counts[0])/ends, float64(counts[len(counts)-1])/ends, bytesPerEnd>>10)
	if perEnd > 22 || bytesPerEnd > 320<<10 && !underRace {
		t.Errorf("%.1f goroutines and %d KiB for each end of a link, want at most 22 and 320", perEnd, bytesPerEnd>>10)
	}
	for _, m := range all {
		_ = m.Close() // how long it takes is not the question here
	}
	time.Sleep(time.Second)
	v4, v6 = udpSockets(t)
	runtime.KeepAlive(stacks) // as long as it counts
	if left := runtime.NumGoroutine() - before; left > 0 || v4 != first4 || v6 != first6 {
		t.Errorf("1 s after Close: %d goroutines and %d sockets are left", left, v4-first4+v6-first6)
	}
}

// seatOfPair sees nobody in the room but itself and one more.
type seatOfPair struct {
	*seat
	with peer.ID
}

func (s *seatOfPair) Members() []peer.ID { return []peer.ID{s.with, s.Self()} }
