//go:build linux

package mesh

import (
	"os"
	"runtime"
	"strings"
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

// heap returns the bytes in use after a collection, stacks included.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// TestFootprint links one mesh with 15 others on real sockets: each mesh has one
// socket per family, and 1 s after Close nothing is left.
func TestFootprint(t *testing.T) {
	const others = 15
	settle := func() { time.Sleep(300 * time.Millisecond) }
	settle()
	goroutines, bytes := runtime.NumGoroutine(), heap()
	first4, first6 := udpSockets(t)
	// The members of a room of two each, but the first is in all: 15 links, 30 ends.
	h, keys := newHub(), keysInOrder(1+others)
	var star *Mesh
	var leaves []*Mesh
	for i, k := range keys {
		s := Signaler(h.enter(k))
		if i > 0 {
			s = &seatOfPair{s.(*seat), keys[0].ID()}
		}
		m := New(s, Config{Loopback: true})
		if err := m.Err(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			star = m
		} else {
			leaves = append(leaves, m)
		}
	}
	all := append([]*Mesh{star}, leaves...)
	eventually(t, "15 links", func() bool {
		for _, m := range leaves {
			if star.State(m.Self()) != peer.Linked || m.State(star.Self()) != peer.Linked {
				return false
			}
		}
		return true
	})
	settle()
	v4, v6 := udpSockets(t)
	if v4, v6 = v4-first4, v6-first6; v4 != len(all) || v6 > len(all) {
		t.Errorf("%d meshes have %d sockets of IPv4 and %d of IPv6, want one of each family", len(all), v4, v6)
	}
	ends := 2 * others
	perEnd, bytesPerEnd := float64(runtime.NumGoroutine()-goroutines)/float64(ends), (heap()-bytes)/int64(ends)
	t.Logf("%d sockets of IPv4 and %d of IPv6 for %d meshes; %.1f goroutines and %d KiB for each end of a link", v4, v6, len(all), perEnd, bytesPerEnd>>10)
	if perEnd > 22 || bytesPerEnd > 320<<10 && !underRace {
		t.Errorf("%.1f goroutines and %d KiB for each end of a link, want at most 22 and 320", perEnd, bytesPerEnd>>10)
	}
	for _, m := range all {
		_ = m.Close() // how long it takes is not the question here
	}
	time.Sleep(time.Second)
	v4, v6 = udpSockets(t)
	if left := runtime.NumGoroutine() - goroutines; left > 0 || v4 != first4 || v6 != first6 {
		t.Errorf("1 s after Close: %d goroutines and %d sockets are left", left, v4-first4+v6-first6)
	}
}

// seatOfPair sees nobody in the room but itself and one more.
type seatOfPair struct {
	*seat
	with peer.ID
}

func (s *seatOfPair) Members() []peer.ID { return []peer.ID{s.with, s.Self()} }
