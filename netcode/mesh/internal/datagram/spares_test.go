package datagram

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// flight sends n datagrams of a flow at 60 Hz, 25 ms one way, and says which share of
// the moves was not there within three of them, and how many packets each cost. The
// other end says in each of its own how long it has heard nothing.
func flight(seed uint64, sky weather.Weather, s *Spares, n int) (late, packets float64) {
	const tick, way = time.Second / 60, 25 * time.Millisecond
	path := weather.NewPath(seed, sky)
	came := make([]bool, n)
	var heard []time.Duration // when it heard us, the last few
	sent, missing := 0, 0
	for k := range n {
		now := time.Duration(k) * tick
		var last time.Duration
		for _, at := range heard {
			if at <= now-way {
				last = max(last, at)
			}
		}
		for range 1 + s.Next(max(0, now-way-last)) {
			sent++
			if len(path.Next(now, 100)) > 0 {
				came[k] = true
			}
		}
		if came[k] {
			heard = append(heard, now+way)
			heard = heard[max(0, len(heard)-8):]
		}
		if k >= 2 && !came[k] && !came[k-1] && !came[k-2] {
			missing++
		}
	}
	return float64(missing) / float64(n), float64(sent) / float64(n)
}

func TestSparesHelpInBursts(t *testing.T) {
	sky := weather.Weather{BurstShare: weather.Percent(5), BurstLength: 3}
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		var none, some Spares
		some.Told(50, 300, false)
		without, one := flight(seed, sky, &none, 200_000)
		with, many := flight(seed, sky, &some, 200_000)
		t.Logf("late %.2f %% without at %.2f packets, %.2f %% with at %.2f", 100*without, one, 100*with, many)
		if one != 1 || without < 0.015 {
			t.Fatalf("without spares %.2f %% are late at %.2f packets: no weather to speak of", 100*without, one)
		}
		if with > 0.0095 || many > 1.77 {
			t.Errorf("%.2f %% late at %.3f packets, want 0.95 %% at 1.77", 100*with, many)
		}
	})
}

func TestSparesComeWithLoss(t *testing.T) {
	count := func(s *Spares) (n int) {
		for range 1000 {
			n += s.Next(0)
		}
		return n
	}
	var s Spares
	for _, c := range []struct {
		loss, burst int
		congested   bool
		want        int
	}{
		{0, 0, false, 0},
		{19, 100, false, 0},
		{9, 200, false, 0}, // it was never worth one
		{20, 100, false, 400},
		{12, 100, false, 400}, // goes on until it is calm
		{10, 200, false, 600},
		{4, 300, false, 600},
		{50, 300, false, 600},
		{50, 300, true, 0},
		{50, 110, false, 400},
		{4, 0, false, 0},
	} {
		if s.Told(c.loss, c.burst, c.congested); count(&s) != c.want {
			t.Errorf("%+v: %d of 1,000 have a spare", c, count(&s))
		}
	}
}

// TestFlurriesAreBounded: an other end that says for ever that it misses everything
// gets no more than was saved.
func TestFlurriesAreBounded(t *testing.T) {
	var s Spares
	s.Told(200, 1000, false)
	for range 1000 {
		s.Next(0) // saves
	}
	n, most := 0, 0
	for range 6000 {
		k := s.Next(time.Second)
		n, most = n+k, max(most, k)
	}
	if most != flurry || n > 6000*(lots+saved)/100+hoard+1 {
		t.Errorf("%d spares for 6,000 datagrams, %d at once", n, most)
	}
}
