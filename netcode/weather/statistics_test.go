package weather_test

import (
	"cmp"
	"math"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// packets is the size of each sample. All tolerances below are six standard
// deviations: a right implementation fails one seed in 500 million.
const packets = 100_000

// near checks a measured value against its expectation and deviation.
func near(t *testing.T, what string, got, want, sigma float64) {
	t.Helper()
	if math.Abs(got-want) > 6*sigma {
		t.Errorf("%s is %.5f, want %.5f ± %.5f", what, got, want, 6*sigma)
	}
}

// binomial is the deviation of a share p measured over n independent draws.
func binomial(p float64, n int) float64 { return math.Sqrt(p * (1 - p) / float64(n)) }

func share(s weather.Share) float64 { return float64(s) / float64(weather.Whole) }

func TestLossShare(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		for _, loss := range []weather.Share{0, 1_000, weather.Percent(5), weather.Percent(50), weather.Whole} {
			p := weather.NewPath(seed, weather.Weather{Loss: loss})
			lost := 0
			for i := range packets {
				if len(p.Next(time.Duration(i), 100)) == 0 {
					lost++
				}
			}
			near(t, "loss of "+loss.String(), float64(lost)/packets, share(loss), binomial(share(loss), packets))
		}
	})
}

func TestBursts(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		for _, w := range []weather.Weather{
			{BurstShare: weather.Percent(50), BurstLength: 1},
			{BurstShare: weather.Percent(2), BurstLength: 4},
			{BurstShare: weather.Percent(20), BurstLength: 10},
		} {
			p := weather.NewPath(seed, w)
			lost, bursts, in := 0, 0, false
			for i := range packets {
				gone := len(p.Next(time.Duration(i), 100)) == 0
				if gone {
					lost++
				}
				if gone && !in {
					bursts++
				}
				in = gone
			}
			s, mean := share(w.BurstShare), float64(w.BurstLength)
			// Neighbours in a two-state chain correlate by this much, which
			// widens the deviation of the share.
			r := 1 - 1/mean - s/((1-s)*mean)
			near(t, "burst share", float64(lost)/packets, s, binomial(s, packets)*math.Sqrt((1+r)/(1-r)))
			near(t, "burst length", float64(lost)/float64(bursts), mean, math.Sqrt(mean*(mean-1)/float64(bursts)))
			if bursts < 100 {
				t.Errorf("%d bursts prove nothing", bursts)
			}
		}
	})
}

func TestJitter(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		w := weather.Weather{Latency: 30 * ms, Jitter: 20 * ms}
		p := weather.NewPath(seed, w)
		least, most, sum := time.Hour, time.Duration(0), 0.0
		for i := range packets {
			now := time.Duration(i) * w.Jitter // so far apart that none waits for another
			at := p.Next(now, 100)
			bounds(t, w, now, 100, at)
			d := at[0] - now - w.Latency
			least, most, sum = min(least, d), max(most, d), sum+float64(d)
		}
		j := float64(w.Jitter)
		near(t, "mean jitter", sum/packets/j, 0.5, 1/math.Sqrt(12*packets))
		if least > w.Jitter/100 || most < w.Jitter*99/100 {
			t.Errorf("jitter from %v to %v does not fill 0 to %v", least, most, w.Jitter)
		}

		// Close together they wait, but keep their order and the bound.
		p = weather.NewPath(seed, w)
		last, waited := time.Duration(0), 0
		for i := range packets {
			now := time.Duration(i) * ms
			at := p.Next(now, 100)
			bounds(t, w, now, 100, at)
			if at[0] < last {
				t.Fatalf("packet %d overtakes by jitter alone", i)
			}
			if at[0] == last {
				waited++
			}
			last = at[0]
		}
		if waited == 0 {
			t.Error("no packet had to wait, so the order was never at stake")
		}
	})
}

func TestReorderShare(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		for _, w := range []weather.Weather{
			{Latency: 10 * ms, Reorder: weather.Percent(3)},
			{Latency: 10 * ms, Reorder: weather.Percent(30), Hold: 100 * ms},
		} {
			hold := cmp.Or(w.Hold, weather.DefaultHold)
			p := weather.NewPath(seed, w)
			held, overtaken := 0, 0
			var heldNow []time.Duration // arrivals of held packets that may still be overtaken
			for i := range packets {
				now := time.Duration(i) * 10 * ms
				at := p.Next(now, 100)[0]
				switch at - now - w.Latency {
				case 0:
					for _, h := range heldNow {
						if h > at {
							overtaken++
						}
					}
					heldNow = heldNow[:0]
				case hold:
					held++
					heldNow = append(heldNow, at)
				default:
					t.Fatalf("packet %d took %v", i, at-now)
				}
			}
			near(t, "reorder share", float64(held)/packets, share(w.Reorder), binomial(share(w.Reorder), packets))
			if overtaken < held*95/100 {
				t.Errorf("%d packets were held back and only %d overtaken", held, overtaken)
			}
		}
	})
}

func TestDuplicateShare(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		w := weather.Weather{Latency: 5 * ms, Jitter: 10 * ms, Duplicate: weather.Percent(4)}
		p := weather.NewPath(seed, w)
		twice, apart := 0, 0
		for i := range packets {
			now := time.Duration(i) * 20 * ms
			at := p.Next(now, 100)
			bounds(t, w, now, 100, at)
			if len(at) == 2 {
				twice++
				if at[1] > at[0] {
					apart++
				}
			}
		}
		near(t, "duplicate share", float64(twice)/packets, share(w.Duplicate), binomial(share(w.Duplicate), packets))
		if apart < twice/3 || apart > twice*2/3 {
			t.Errorf("of %d pairs %d come apart, want about half", twice, apart)
		}
	})
}

func TestRate(t *testing.T) {
	const rate, size = 500_000, 1000 // 2 ms each
	w := weather.Weather{Rate: rate, Queue: 100 * ms}

	// Twice as much as fits: half is lost, and the line is never idle.
	p := weather.NewPath(1, w)
	arrived, last := 0, time.Duration(0)
	for i := range 20_000 {
		now := time.Duration(i) * ms
		at := p.Next(now, size)
		bounds(t, w, now, size, at)
		for _, a := range at {
			if a-last != 2*ms {
				t.Fatalf("packet %d leaves %v after the one before, want 2ms", i, a-last)
			}
			arrived, last = arrived+1, a
		}
	}
	// 20 s at 500 a second, and what the queue still holds.
	if arrived < 10_000 || arrived > 10_051 {
		t.Errorf("%d packets got through, want 10,000 to 10,051", arrived)
	}

	// Just as much as fits: none is lost and none waits.
	p = weather.NewPath(1, w)
	for i := range 1000 {
		now := time.Duration(i) * 2 * ms
		if at := p.Next(now, size); len(at) != 1 || at[0] != now+2*ms {
			t.Fatalf("packet %d, sent at %v, arrives at %v", i, now, at)
		}
	}

	// Parts of a nanosecond are rounded up: the line never carries too much.
	if at := weather.NewPath(1, weather.Weather{Rate: 3}).Next(0, 1); at[0] != 333_333_334 {
		t.Errorf("a third of a second is %v", at)
	}

	// All at once: the queue takes what leaves within 100 ms and one more.
	p = weather.NewPath(1, w)
	fits := 0
	for range 1000 {
		fits += len(p.Next(0, size))
	}
	if fits != 51 {
		t.Errorf("the queue took %d packets, want 51", fits)
	}
}
