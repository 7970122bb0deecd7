package quality

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

const frame = time.Second / 60

// arrival is one datagram as it comes.
type arrival struct {
	at     time.Duration
	number uint16
}

// travel sends so many datagrams at 60 Hz through a weather and returns them in
// the order of their arrival, and how many were lost.
func travel(seed uint64, w weather.Weather, count int) (list []arrival, lost int) {
	p := weather.NewPath(seed, w)
	for i := range count {
		at := p.Next(time.Duration(i)*frame, 200)
		if len(at) == 0 {
			lost++
		}
		for _, t := range at {
			list = append(list, arrival{t, uint16(65000 + i)}) // the numbers wrap
		}
	}
	slices.SortStableFunc(list, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	return list, lost
}

func meterOf(list []arrival) (*Meter, time.Duration) {
	m := &Meter{}
	var now time.Duration
	for _, a := range list {
		now = a.at
		arrive(m, now, a.number)
	}
	return m, now
}

// TestMeterFindsTheWeather: what is measured is what the weather did, within
// what chance allows.
func TestMeterFindsTheWeather(t *testing.T) {
	const count = 60 * 9 // within one Window: all of it counts
	within := func(got, want, off int) bool { return got >= want-off && got <= want+off }
	for name, c := range map[string]struct {
		w     weather.Weather
		check func(t *testing.T, r Report, lost int)
	}{
		"clear": {weather.Weather{Latency: 20 * time.Millisecond}, func(t *testing.T, r Report, _ int) {
			if r.Loss+r.Repaired+r.Reordered+r.Duplicate != 0 || r.Burst != 0 || r.Jitter > time.Microsecond || r.Judged < count-Behind-1 {
				t.Errorf("%+v", r)
			}
		}},
		"loss": {weather.Weather{Loss: weather.Percent(5)}, func(t *testing.T, r Report, lost int) {
			if got := int(r.Loss) * r.Judged / Million; lost < 5 || !within(got, lost, Behind+1) || !within(r.Burst, 105, 40) {
				t.Errorf("%d were lost: %+v", lost, r)
			}
		}},
		"bursts": {weather.Weather{BurstShare: weather.Percent(20), BurstLength: 4}, func(t *testing.T, r Report, lost int) {
			if got := int(r.Loss) * r.Judged / Million; lost < 20 || !within(got, lost, 30) || r.Burst < 200 || r.Burst > 1000 {
				t.Errorf("%d were lost: %+v", lost, r)
			}
		}},
		"reorder": {weather.Weather{Reorder: weather.Percent(10)}, func(t *testing.T, r Report, _ int) {
			if r.Loss != 0 || r.Reordered < Million/25 || r.Reordered > Million/5 {
				t.Errorf("%+v", r)
			}
		}},
		"late": {weather.Weather{Reorder: weather.Percent(10), Hold: 150 * time.Millisecond}, func(t *testing.T, r Report, _ int) {
			if r.Loss < Million/25 || r.Loss > Million/5 || !within(int(r.Repaired), int(r.Loss), Million/50) {
				t.Errorf("%+v", r)
			}
		}},
		"duplicates": {weather.Weather{Duplicate: weather.Percent(10)}, func(t *testing.T, r Report, _ int) {
			if r.Loss != 0 || r.Duplicate < Million/25 || r.Duplicate > Million/5 {
				t.Errorf("%+v", r)
			}
		}},
		"jitter": {weather.Weather{Jitter: 15 * time.Millisecond}, func(t *testing.T, r Report, _ int) {
			if r.Loss != 0 || r.Jitter < 3*time.Millisecond || r.Jitter > 8*time.Millisecond { // a third of the spread is 5
				t.Errorf("%+v", r)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			seeds.Each(t, 20, func(t *testing.T, seed uint64) {
				list, lost := travel(seed, c.w, count)
				m, now := meterOf(list)
				c.check(t, m.Report(now), lost)
			})
		})
	}
}

func TestWindowForgets(t *testing.T) {
	m := &Meter{}
	for i := range 600 {
		if i%2 == 0 {
			arrive(m, time.Duration(i)*frame, uint16(i))
		}
	}
	m.RoundTrip(10*time.Second, 5*time.Millisecond)
	if r := m.Report(10 * time.Second); r.Loss < 45*Million/100 || r.Loss > 55*Million/100 || r.Burst != 100 || r.RTTMin != 5*time.Millisecond {
		t.Fatalf("premise, half of them lost: %+v", r)
	}
	for i := 600; i < 600+11*60; i++ {
		arrive(m, time.Duration(i)*frame, uint16(i))
	}
	m.RoundTrip(20*time.Second, 9*time.Millisecond)
	if r := m.Report(21 * time.Second); r.Loss != 0 || r.Judged < 500 || r.RTTMin != 9*time.Millisecond {
		t.Errorf("after %v: %+v", Window, r)
	}
	if r := m.Report(time.Hour); r.Judged != 0 || r.RTTMin != 0 || r.RTT == 0 {
		t.Errorf("after an hour: %+v", r)
	}
}

func TestSenderBeginsAnew(t *testing.T) {
	m := &Meter{}
	for i := range 100 {
		arrive(m, time.Duration(i)*frame, uint16(i))
	}
	for i := range 100 {
		arrive(m, 2*time.Second+time.Duration(i)*frame, uint16(30000+i))
	}
	if r := m.Report(4 * time.Second); r.Loss != 0 || r.Judged < 180 {
		t.Errorf("%+v", r)
	}
}

func TestDelayCoversTheWeather(t *testing.T) {
	for name, c := range map[string]struct {
		r    Report
		want int
	}{
		"unknown":           {Report{}, 0},
		"lan":               {Report{RTT: time.Millisecond}, 1},
		"50 ms":             {Report{RTT: 50 * time.Millisecond}, 2},                                      // 1.5 frames
		"jitter":            {Report{RTT: 50 * time.Millisecond, Jitter: 5 * time.Millisecond}, 3},        // 2.4
		"little loss":       {Report{RTT: 50 * time.Millisecond, Loss: Tolerated}, 2},                     // seldom enough
		"one per cent":      {Report{RTT: 50 * time.Millisecond, Loss: Million / 100, Burst: 101}, 3},     // 1 %, then 0.01 %
		"ten per cent":      {Report{RTT: 50 * time.Millisecond, Loss: Million / 10, Burst: 111}, 4},      // 10 %, 1 %, then 0.1 %
		"bursts of three":   {Report{RTT: 50 * time.Millisecond, Loss: Million / 20, Burst: 300}, 2 + 10}, // 5 % * (2/3)^10 is 0.09 %
		"no end of a burst": {Report{RTT: 50 * time.Millisecond, Loss: Million, Burst: 1 << 30}, 2 + maxRepeats},
		"far away":          {Report{RTT: time.Hour, Jitter: time.Hour, Loss: Million, Burst: 100}, MaxDelay},            // bounded
		"a hostile report":  {Report{RTT: 1 << 62, Jitter: 1 << 60, Loss: 1 << 31, Burst: int(^uint(0) >> 1)}, MaxDelay}, // as well
	} {
		if got := c.r.Delay(60); got != c.want {
			t.Errorf("%s: %d frames, want %d", name, got, c.want)
		}
	}
}

// TestDelayIsEnough sends moves as a session does, each datagram with all that
// came before it, and counts which are late at the delay that the meter recommends.
func TestDelayIsEnough(t *testing.T) {
	const warm, count = 60 * 9, 60 * 40
	for _, name := range []string{"lan", "fiber", "ocean", "4g", "wifi"} {
		t.Run(name, func(t *testing.T) {
			w, err := weather.Parse(name)
			if err != nil {
				t.Fatal(err)
			}
			late, all, most := 0, 0, 0
			seeds.Each(t, 20, func(t *testing.T, seed uint64) {
				list, _ := travel(seed, w, warm+count)
				m := &Meter{}
				mean := w.Latency + w.Jitter/2
				for range FirstTrips {
					m.RoundTrip(0, 2*mean)
				}
				usable := map[uint16]time.Duration{} // when a datagram's number or a later one came
				delay := 0
				low := uint16(65000)
				for _, a := range list {
					if a.at < warm*frame {
						arrive(m, a.at, a.number)
						delay = m.Report(a.at).Delay(60)
					}
					for int16(a.number-low) >= 0 {
						usable[low] = a.at
						low++
					}
				}
				most = max(most, delay)
				for i := warm; i < warm+count-60; i++ {
					all++
					if at, ok := usable[uint16(65000+i)]; !ok || at > time.Duration(i+delay)*frame {
						late++
					}
				}
			})
			t.Logf("%d of %d late (%.2f %%), at most %d frames", late, all, 100*float64(late)/float64(all), most)
			if late*100 > all*2 { // 1 in 1,000 of a steady path; what a window measures of bursts is rough
				t.Errorf("%d of %d moves are late", late, all)
			}
		})
	}
}

func TestGradeHasHysteresis(t *testing.T) {
	var g Grader
	now, changes := time.Duration(0), 0
	hold := func(r Report, d time.Duration) Grade {
		var last Grade
		for end := now + d; now < end; now += 50 * time.Millisecond {
			grade, changed := g.Grade(now, r)
			if changed {
				changes++
			}
			last = grade
		}
		return last
	}
	good, edge, poor := Report{RTT: 40 * time.Millisecond}, Report{RTT: 84 * time.Millisecond}, Report{RTT: 300 * time.Millisecond}
	for i, step := range []struct {
		r       Report
		d       time.Duration
		want    Grade
		changes int
	}{
		{Report{}, time.Second, Unknown, 0},
		{good, time.Second, Good, 0},
		{edge, time.Minute, Good, 0}, // within the margin
		{poor, time.Second, Good, 0}, // too short
		{good, time.Second, Good, 0},
		{poor, 2 * time.Second, Poor, 1},
		{good, 4 * time.Second, Poor, 1}, // too short
		{poor, time.Second, Poor, 1},
		{good, 6 * time.Second, Good, 2},
		{Report{RTT: 40 * time.Millisecond, Loss: Million / 30}, 2 * time.Second, Fair, 3},
	} {
		if got := hold(step.r, step.d); got != step.want || changes != step.changes {
			t.Fatalf("step %d: grade %d after %d changes, want %d after %d", i, got, changes, step.want, step.changes)
		}
	}
}

func TestMeterCostsNoAllocation(t *testing.T) {
	m, i := &Meter{}, 0
	if n := testing.AllocsPerRun(1000, func() {
		i++
		arrive(m, time.Duration(i)*frame, uint16(i*3))
		m.RoundTrip(time.Duration(i)*frame, time.Millisecond)
		m.Report(time.Duration(i) * frame).Delay(60)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzMeter: whatever numbers come when, shares stay shares and nothing takes long.
func FuzzMeter(f *testing.F) {
	f.Add([]byte{0, 0, 1, 1, 0, 1, 5, 0, 1, 4, 0, 9, 255, 255, 200})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, now := &Meter{}, time.Duration(0)
		for ; len(b) >= 3; b = b[3:] {
			now += time.Duration(b[2]) * time.Duration(b[2]) * time.Millisecond
			arrive(m, now, uint16(b[0])|uint16(b[1])<<8)
			r := m.Report(now)
			for _, s := range []uint32{r.Loss, r.Repaired, r.Reordered, r.Duplicate} {
				if s > Million {
					t.Fatalf("%+v", r)
				}
			}
			if r.Jitter < 0 || r.Burst < 0 || r.Loss > 0 && r.Burst < 100 {
				t.Fatalf("%+v", r)
			}
			if d := r.Delay(60); d < 0 || d > MaxDelay {
				t.Fatalf("%d frames", d)
			}
		}
	})
}

// arrive is a sender that numbers nothing but what goes at a steady pace.
func arrive(m *Meter, now time.Duration, number uint16) {
	m.Arrive(now, number)
	m.Pace(now, number)
}
