//go:build !js

package mesh

import (
	"encoding/binary"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestImpairedPathIsMeasured makes the way from a to b bad on purpose: both ends
// measure what was asked for, the reliable channels lose nothing and keep their
// order, and when it ends it leaves nothing behind.
func TestImpairedPathIsMeasured(t *testing.T) {
	bad := weather.Weather{
		Latency: 60 * time.Millisecond, Jitter: 20 * time.Millisecond, BurstShare: weather.Percent(10), BurstLength: 3,
		Reorder: weather.Percent(3), Duplicate: weather.Percent(3),
	}
	inLab(t, 2, 1, func(t *testing.T, f *field) {
		a, b := f.enter(Config{}), f.enter(Config{})
		f.within(5*time.Second, "links", f.allLinked)
		w := watchMoves(b)
		var mu sync.Mutex
		var got []uint32
		b.Bind(peer.User, func(_ peer.ID, msg []byte) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, binary.LittleEndian.Uint32(msg))
		})
		said := uint32(0)
		frame := time.NewTicker(time.Second / 60)
		defer frame.Stop()
		run := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				<-frame.C
				sendMoves(w, a, b)
				if a.Send(b.Self(), peer.User, binary.LittleEndian.AppendUint32(nil, said)) == nil {
					said++
				}
			}
		}
		run(12 * time.Second)
		calm := b.Path(a.Self())
		if calm.LossIn != 0 || calm.DuplicateIn != 0 || calm.Grade != GoodPath || calm.Kind != DirectPath || calm.RTT > 55*time.Millisecond {
			t.Fatalf("premise: %+v", calm)
		}
		w.take()
		if err := a.Impair(bad); err != nil {
			t.Fatal(err)
		}
		run(12 * time.Second)
		list, sent := w.take()
		in, out := b.Path(a.Self()), a.Path(b.Self())
		t.Logf("%d of %d moves came; b sees %+v", len(list), sent, in)
		t.Logf("a sees %+v", out)
		t.Logf("input delay: calm %d frames, now %d", calm.InputDelay(60), out.InputDelay(60))
		between := func(name string, v, low, high weather.Share) {
			if v < low || v > high {
				t.Errorf("%s is %v, want %v to %v", name, v, low, high)
			}
		}
		between("LossIn", in.LossIn, weather.Percent(5), weather.Percent(16))
		between("LossOut", out.LossOut, weather.Percent(5), weather.Percent(16))
		between("ReorderedIn", in.ReorderedIn, weather.Percent(1), weather.Percent(6))
		between("DuplicateIn", in.DuplicateIn, weather.Percent(1), weather.Percent(6))
		if in.BurstIn < 1.8 || in.BurstIn > 5 || out.BurstOut < 1.8 || out.BurstOut > 5 {
			t.Errorf("bursts of %v and %v, want about 3", in.BurstIn, out.BurstOut)
		}
		if out.RTT < 95*time.Millisecond || out.RTT > 145*time.Millisecond || in.Jitter < 3*time.Millisecond || in.Jitter > 15*time.Millisecond {
			t.Errorf("round trip %v, jitter %v", out.RTT, in.Jitter)
		}
		if in.Grade != PoorPath || out.Grade != PoorPath {
			t.Errorf("grades are %v and %v", in.Grade, out.Grade)
		}
		if d := out.InputDelay(60); d <= calm.InputDelay(60)+4 || d > 40 {
			t.Errorf("a delay of %d frames is recommended, before it was %d", d, calm.InputDelay(60))
		}
		var seen []Event
		if !has(b, &seen, func(e PathChanged) bool { return e.Path.Grade == PoorPath && e.Peer == a.Self() }) {
			t.Errorf("no event tells of it: %v", seen)
		}
		if err := a.Impair(weather.Weather{}); err != nil {
			t.Fatal(err)
		}
		run(20 * time.Second)
		in = b.Path(a.Self())
		if in.LossIn != 0 || in.RTT > 55*time.Millisecond || in.Grade != GoodPath {
			t.Errorf("after the end of it: %+v", in)
		}
		if a.link(b.Self()).impaired.Load() != nil {
			t.Error("something of it is left")
		}
		for i := range 50 { // on and off while messages are held
			w := weather.Weather{}
			if i%2 == 0 {
				w = bad
			}
			_ = a.Impair(w)
			run(70 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if len(got) != int(said) || said < 60*30 {
			t.Errorf("%d of %d reliable messages came", len(got), said)
		}
		for i, n := range got {
			if n != uint32(i) {
				t.Fatalf("reliable message %d is number %d", i, n)
			}
		}
		if st := b.Stats(); st.Junk != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// TestImpairIsForOnePeerAndOneLine: the weather towards one peer is nobody else's,
// and a line carries no more than its rate.
func TestImpairIsForOnePeerAndOneLine(t *testing.T) {
	const rate = 100_000
	inLab(t, 3, 1, func(t *testing.T, f *field) {
		a, b, c := f.enter(Config{}), f.enter(Config{}), f.enter(Config{})
		f.within(5*time.Second, "links", f.allLinked)
		toB, toC := watchMoves(b), watchMoves(c)
		if err := a.ImpairPeer(b.Self(), weather.Weather{Loss: weather.Whole}); err != nil {
			t.Fatal(err)
		}
		for range 60 {
			time.Sleep(time.Second / 60)
			sendMoves(toB, a, b)
			sendMoves(toC, a, c)
		}
		time.Sleep(100 * time.Millisecond)
		came, _ := toC.take()
		some, sent := toB.take() // through the third, once the loss is noticed
		if len(came) != 60 || len(some) > 50 || sent != 60 {
			t.Errorf("%d moves came to the peer without weather, %d of %d to the other", len(came), len(some), sent)
		}
		if err := a.Impair(weather.Weather{Rate: rate}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		got := 0
		var mu sync.Mutex
		b.Bind(peer.Bulk, func(_ peer.ID, msg []byte) { mu.Lock(); got += len(msg); mu.Unlock() })
		start := time.Now()
		for time.Since(start) < 10*time.Second {
			_ = a.Send(b.Self(), peer.Bulk, make([]byte, peer.MaxMessage))
			time.Sleep(10 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		if got > 10*rate || got < 10*rate/2 {
			t.Errorf("%d bytes in 10 s over a line of %d a second", got, rate)
		}
		if err := a.ImpairPeer(testKey(99).ID(), weather.Weather{}); !errors.Is(err, peer.ErrNotLinked) {
			t.Errorf("a stranger: %v", err)
		}
		if a.Impair(weather.Weather{Loss: 2 * weather.Whole}) == nil || a.ImpairPeer(b.Self(), weather.Weather{Latency: -1}) == nil {
			t.Error("weather out of range is taken")
		}
	})
}

func TestWeatherFromTheEnvironment(t *testing.T) {
	t.Setenv(EnvWeather, "4g")
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	if a.link(b.Self()).impaired.Load() == nil {
		t.Error("the weather is as good as ever")
	}
	eventually(t, "a long round trip", func() bool { return a.Path(b.Self()).RTT > 2*weather.FourG().Latency })
	t.Setenv(EnvWeather, "tropical")
	m := New(h.enter(keys[0]), Config{Loopback: true})
	if !errors.Is(m.Err(), weather.ErrUnknown) {
		t.Errorf("an unknown weather: %v", m.Err())
	}
}

// TestMovesThroughWeatherCostNoAllocation: buffers are used again.
func TestMovesThroughWeatherCostNoAllocation(t *testing.T) {
	clock := newSkewed()
	a, w := bareMesh(testID(1), testID(2))
	a.cfg.clock = func() time.Duration { return time.Duration(clock.ahead.Load()) }
	if err := a.Impair(weather.Weather{Latency: 20 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	x := w.link.impaired.Load()
	msg, to := make([]byte, 200), testID(2)
	if n := testing.AllocsPerRun(1000, func() {
		clock.forward(10 * time.Millisecond)
		w.heard.Store(int64(a.now()))
		if err := a.Send(to, peer.Moves, msg); err != nil {
			t.Fatal(err)
		}
		x.release()
	}); n != 0 {
		t.Errorf("%v allocations per move", n)
	}
	if x.count < 1000 || len(x.wait) > 3 {
		t.Errorf("premise: %d messages were held, %d still are", x.count, len(x.wait))
	}
	x.close()
}
