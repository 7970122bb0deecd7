//go:build !js

package mesh

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestConnectTime: two players enter a room at the same moment, the round trip
// between them is 50 ms, a letter takes 50 ms. Both know of the link within the
// limit in 95 of 100 cases.
func TestConnectTime(t *testing.T) {
	for _, tc := range []struct {
		loss  weather.Share
		limit time.Duration
	}{{0, 350 * time.Millisecond}, {weather.Percent(5), 500 * time.Millisecond}, {weather.Percent(10), 1200 * time.Millisecond}} {
		var took []time.Duration
		lost := int64(0)
		seeds.Each(t, 60, func(t *testing.T, seed uint64) {
			w := weather.Weather{Latency: 25 * time.Millisecond, Loss: tc.loss}
			inLabRoom(t, seed, w, 50*time.Millisecond, func(r *labRoom) {
				ms := r.join([]*natlab.Host{r.lab.Host(), r.lab.Host()}, keysInOrder(2), Config{})
				d, _ := r.linked(20*time.Second, ms...)
				took = append(took, d)
				lost += r.lab.Counters().Lost
				r.shut(ms...)
			})
		})
		slices.Sort(took)
		p95 := took[(len(took)*95+99)/100-1]
		t.Logf("loss %v: %d times, p50 %v, p95 %v, worst %v; %d packets were lost", tc.loss, len(took), took[len(took)/2], p95, took[len(took)-1], lost)
		if p95 > tc.limit {
			t.Errorf("loss %v: p95 is %v, want at most %v", tc.loss, p95, tc.limit)
		}
		if (lost > 0) != (tc.loss > 0) {
			t.Errorf("loss %v: %d packets were lost", tc.loss, lost)
		}
	}
}
