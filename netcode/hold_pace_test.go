package netcode_test

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/seeds"
)

// TestHoldPace: for 30 minutes one player's clock is 200 ppm fast and another's
// Tick is called 59 times a second. The players' frames stay close together and
// the pace is bent by at most 3 %.
//
// A path that takes 10 ms one way and 200 ms back looks like clocks that are 95
// ms apart: if B's clock is shifted by s, what A sends arrives s later by it and
// what B sends s earlier, so no exchange of datagrams tells the one from the
// other. Where the others' paths contradict it, they are believed (within 4
// frames); where there are none, or all of one player's paths are alike, the
// players meet in the middle, 95 ms or 5.7 frames from the truth, which is also
// where the moves of both come equally late. What is promised there is that it
// does not get worse than that.
func TestHoldPace(t *testing.T) {
	there, back := holdWeather, holdWeather
	there.Latency, back.Latency = 10*time.Millisecond, 200*time.Millisecond
	for _, c := range []struct {
		name    string
		players int
		odd     [][2]int // pairs with a path of 10 and 200 ms
		spread  netcode.Frame
	}{
		{"even paths", 4, nil, 2},
		{"one pair 10 and 200 ms", 4, [][2]int{{2, 3}}, 4},
		{"the fast clock's pair 10 and 200 ms", 4, [][2]int{{0, 3}}, 4},
		{"one of two players 10 and 200 ms", 2, [][2]int{{0, 1}}, 8},
		{"all paths of one player 10 and 200 ms", 4, [][2]int{{3, 0}, {3, 1}, {3, 2}}, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds.Each(t, 1, func(t *testing.T, seed uint64) {
				m := newHold(seed, c.players, holdWeather, netcode.Config{}, func(i int, p *holder) {
					switch i {
					case 0:
						p.ppm = 200
					case 1:
						p.every = time.Second / 59
					}
				})
				for _, pair := range c.odd {
					m.reshape(t, pair[0], pair[1], there, back)
				}
				m.testPace(t, c.spread)
			})
		})
	}
}

func (m *holdMatch) testPace(t *testing.T, spread netcode.Frame) {
	const (
		length = 30 * time.Minute
		settle = 15 * time.Second
		window = 5 * time.Second // in which the pace is measured: 300 frames
	)
	m.run(t, settle)
	var worst netcode.Frame
	var apart [64]int // how often so many frames
	slowest, fastest := 1<<30, 0
	type mark struct {
		frame  netcode.Frame
		stalls int64
	}
	var marks [8]mark
	begin, stalls := m.low(), int64(0)
	for at := time.Duration(0); at < length; at += 20 * time.Millisecond {
		if at%window == 0 {
			for i, p := range m.players {
				// A window in which the match stood still says nothing of the bend.
				if ran := int(p.stats.Frame - marks[i].frame); at > 0 && p.stats.StalledTicks == marks[i].stalls {
					slowest, fastest = min(slowest, ran), max(fastest, ran)
				}
				marks[i] = mark{p.stats.Frame, p.stats.StalledTicks}
			}
		}
		m.run(t, 20*time.Millisecond)
		d := m.apart()
		worst = max(worst, d)
		apart[min(int(d), 63)]++
	}
	last := m.low()
	m.mustAgree(t, last)
	m.mustLose(t, 1, 3)
	m.mustRollBack(t, 100)
	var delays []int
	for _, p := range m.players {
		stalls = max(stalls, p.stats.StalledTicks)
		delays = append(delays, p.stats.InputDelayFrames)
	}
	if last-begin < netcode.Frame(length/time.Second)*59 || slowest > fastest {
		t.Fatalf("%d frames in %v, windows of %d to %d frames", last-begin, length, slowest, fastest)
	}
	samples, common := 0, 0
	for d, n := range apart {
		samples += n
		if n > apart[common] {
			common = d
		}
	}
	t.Logf("at most %d frames apart, mostly %d (%d %% of the time); %d to %d frames in %v; at most %d stalls, delays %d, %d frames",
		worst, common, apart[common]*100/samples, slowest, fastest, window, stalls, delays, last-begin)
	if worst > spread {
		t.Errorf("up to %d frames apart, want at most %d (%v of %d samples)", worst, spread, apart[:worst+1], samples)
	}
	full := int(window / (time.Second / 60))
	// One frame more or less is where the window's ends fell, one the phase of 59 Tick calls.
	if slowest < full*97/100-2 || fastest > full*103/100+2 {
		t.Errorf("%d to %d frames in %v, want %d bent by at most 3 %%", slowest, fastest, window, full)
	}
}
