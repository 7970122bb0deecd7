package predict

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestEverybodyMeets: players behind NATs that give each destination the next port
// enter a room within a tenth of a second, some of them from one house. Those use
// up each other's ports, and the longer letters are on the way the more often.
func TestEverybodyMeets(t *testing.T) {
	const ms = time.Millisecond
	for _, room := range []struct {
		name           string
		houses         []int
		letter, packet time.Duration
		within         time.Duration
	}{
		{"two", []int{0, 1}, 10 * ms, 10 * ms, 300 * ms},
		{"four houses", []int{0, 1, 2, 3}, 10 * ms, 10 * ms, 600 * ms},
		{"three in one", []int{0, 0, 0, 1}, 10 * ms, 10 * ms, 1200 * ms},
		{"two and two", []int{0, 0, 1, 1}, 10 * ms, 10 * ms, 5 * time.Second},
		{"three and three", []int{0, 0, 0, 1, 1, 1}, 10 * ms, 10 * ms, 6 * time.Second},
		{"far away", []int{0, 0, 1, 2}, 60 * ms, 50 * ms, 6 * time.Second},
		{"across the world", []int{0, 0, 1, 2}, 150 * ms, 125 * ms, 12 * time.Second},
	} {
		t.Run(room.name, func(t *testing.T) {
			var all []time.Duration
			seeds.Each(t, 100, func(t *testing.T, seed uint64) {
				w := newTown(t, seed, room.houses, room.letter, room.packet)
				took, never := w.meetings(12 * time.Second)
				all = append(all, took...)
				if never > 0 || took[len(took)-1] > room.within {
					t.Errorf("met after %v, %d never; want all within %v", took, never, room.within)
				}
				for _, h := range w.houses {
					if h.given < Packets {
						t.Errorf("the NAT of %v gave %d ports: nothing was guessed", h.ip, h.given)
					}
				}
			})
			slices.Sort(all)
			if len(all) > 0 {
				t.Logf("%d pairs, p50 %v, p99 %v, max %v", len(all), all[len(all)/2], all[len(all)*99/100], all[len(all)-1])
			}
		})
	}
}
