//go:build !js

package natlab_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// two are two hosts that talk.
type two struct {
	a, b     *natlab.Host
	ca, cb   conn
	ata, atb netip.AddrPort
}

func newTwo(t *testing.T, lab *natlab.Lab) two {
	t.Helper()
	w := two{a: lab.Host(), b: lab.Host()}
	w.ca, w.cb = listen(t, w.a, 1), listen(t, w.b, 1)
	w.ata, w.atb = netip.AddrPortFrom(w.a.Addr(), 1), netip.AddrPortFrom(w.b.Addr(), 1)
	return w
}

// passes tells whether packets get from a to b and from b to a.
func (w two) passes(t *testing.T) string {
	t.Helper()
	return fmt.Sprint(probe(t, w.ca, w.cb, w.atb).IsValid(), probe(t, w.cb, w.ca, w.ata).IsValid())
}

func TestCuts(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		w := newTwo(t, lab)
		third := lab.Host()
		c3 := listen(t, third, 1)
		want := func(what, ab string) {
			t.Helper()
			if got := w.passes(t); got != ab {
				t.Errorf("%s: a to b and b to a: %s, want %s", what, got, ab)
			}
		}
		want("at first", "true true")
		lab.Cut(w.a, w.b)
		want("cut", "false false")
		if !probe(t, w.ca, c3, netip.AddrPortFrom(third.Addr(), 1)).IsValid() {
			t.Error("a cut between two is felt by a third")
		}
		lab.Heal(w.b, w.a)
		want("healed", "true true")
		lab.CutOneWay(w.b, w.a)
		want("cut one way", "true false")
		lab.Heal(w.a, w.b)
		w.a.Cut()
		want("off", "false false")
		w.a.Heal()
		want("on", "true true")
		lab.Outage(1500 * time.Millisecond)
		want("outage", "false false") // a second each
		want("after it", "true true")

		// What is under way when a cut begins is lost; what is sent after it is not.
		say(t, w.ca, "under way", w.atb)
		time.Sleep(time.Millisecond)
		lab.Cut(w.a, w.b)
		lab.Heal(w.a, w.b)
		say(t, w.ca, "after", w.atb)
		if text, _ := hear(t, w.cb); text != "after" {
			t.Errorf("got %q", text)
		}
		if c := lab.Counters(); c.Cut != 8 || c.Lost != 0 {
			t.Errorf("%+v", c)
		}
	})
}

func TestWeather(t *testing.T) {
	inLab(t, natlab.Config{Seed: 4, Weather: weather.Weather{Latency: 20 * time.Millisecond}}, func(t *testing.T, lab *natlab.Lab) {
		w := newTwo(t, lab)
		lab.WeatherOneWay(w.a, w.b, weather.Weather{Latency: 50 * time.Millisecond})
		start := lab.Now()
		w.passes(t)
		if took := lab.Now() - start; took != 70*time.Millisecond {
			t.Errorf("there and back in %v", took)
		}
		lab.Weather(w.a, w.b, weather.Weather{Latency: time.Millisecond, Loss: weather.Percent(30), Duplicate: weather.Percent(10)})
		before := lab.Counters()
		for range 1000 {
			say(t, w.ca, "x", w.atb)
		}
		time.Sleep(time.Second)
		c := lab.Counters()
		lost, twice := c.Lost-before.Lost, c.Duplicated-before.Duplicated
		if lost < 250 || lost > 350 || twice < 40 || twice > 100 || c.Received-before.Received != 1000-lost+twice {
			t.Errorf("%+v", c)
		}
	})
}

// TestLine: two senders share the line of the one they send to.
func TestLine(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		site := lab.Site(natlab.FullCone())
		h, a, b := site.Host(), lab.Host(), lab.Host()
		ch, ca, cb := listen(t, h, 1), listen(t, a, 1), listen(t, b, 1)
		at := probe(t, ch, ca, netip.AddrPortFrom(a.Addr(), 1))
		site.Line(weather.Weather{}, weather.Weather{Rate: 100_000, Queue: time.Second})
		for range 10 {
			say(t, ca, string(make([]byte, 972)), at)
			say(t, cb, string(make([]byte, 972)), at)
		}
		start := lab.Now()
		for i := range 20 {
			if text, _ := hear(t, ch); len(text) != 972 {
				t.Fatalf("packet %d is lost", i)
			}
		}
		if took, want := lab.Now()-start, natlab.DefaultLatency+200*time.Millisecond; took != want {
			t.Errorf("20 kB at 100 kB/s took %v, want %v", took, want)
		}
	})
}

func TestBlockedAndTooBig(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		hole, none := natlab.FullCone(), natlab.FullCone()
		hole.MTU, none.Blocked = 1300, true
		server := lab.Host()
		ch, cn, cs := listen(t, lab.Behind(hole), 0), listen(t, lab.Behind(none), 0), listen(t, server, 1)
		at := netip.AddrPortFrom(server.Addr(), 1)
		if probe(t, cn, cs, at).IsValid() {
			t.Error("not blocked")
		}
		for _, c := range []struct {
			size int
			want bool
		}{{1272, true}, {1273, false}} {
			say(t, ch, string(make([]byte, c.size)), at)
			text, src := hear(t, cs)
			if (len(text) == c.size) != c.want {
				t.Errorf("%d bytes out: %d arrived", c.size, len(text))
			}
			if c.want {
				at := src
				for _, back := range []int{1272, 1273} {
					say(t, cs, string(make([]byte, back)), at)
					if text, _ := hear(t, ch); (len(text) == back) != (back == 1272) {
						t.Errorf("%d bytes in: %d arrived", back, len(text))
					}
				}
			}
		}
		if c := lab.Counters(); c.Blocked != 1 || c.TooBig != 2 {
			t.Errorf("%+v", c)
		}
	})
}

// TestMove: a telephone leaves the house.
func TestMove(t *testing.T) {
	inLab(t, natlab.Config{}, func(t *testing.T, lab *natlab.Lab) {
		home, mobile, server := lab.Site(natlab.FullCone()), lab.Site(natlab.Carrier()), lab.Host()
		h := home.Host()
		free, cs := listen(t, h, 0), listen(t, server, 1)
		pc, err := h.Net().ListenPacket("udp", h.Addr().String()+":0")
		if err != nil {
			t.Fatal(err)
		}
		bound, at := pc.(conn), netip.AddrPortFrom(server.Addr(), 1)
		if probe(t, free, cs, at).Addr() != home.Outside() || probe(t, bound, cs, at).Addr() != home.Outside() {
			t.Fatal("not at home")
		}
		h.Move(mobile)
		if probe(t, free, cs, at).Addr() != mobile.Outside() || h.Public() != mobile.Outside() || h.Site() != mobile {
			t.Error("has not moved")
		}
		if _, err := bound.WriteToUDPAddrPort(nil, at); err == nil {
			t.Error("a socket sends from an address that is gone")
		}
		h.Move(nil)
		if probe(t, free, cs, at) != netip.AddrPortFrom(h.Addr(), port(free)) {
			t.Error("not public")
		}
	})
}

// TestSeedsRepeat: the same sends meet the same luck, and another seed another.
func TestSeedsRepeat(t *testing.T) {
	run := func(seed uint64) (times []time.Duration) {
		rough := weather.Weather{Latency: 10 * time.Millisecond, Jitter: 10 * time.Millisecond, Loss: weather.Percent(20)}
		inLab(t, natlab.Config{Seed: seed, Weather: rough}, func(t *testing.T, lab *natlab.Lab) {
			h, server := lab.Behind(natlab.SymmetricRandom()), lab.Host()
			ch, cs := listen(t, h, 0), listen(t, server, 1)
			for range 100 {
				say(t, ch, "x", netip.AddrPortFrom(server.Addr(), 1))
				if text, from := hearWithin(t, cs, 100*time.Millisecond); text != "" {
					times = append(times, lab.Now(), time.Duration(from.Port()))
				}
			}
		})
		return times
	}
	a, b, c := run(1), run(1), run(2)
	if !slices.Equal(a, b) || slices.Equal(a, c) || len(a) < 120 {
		t.Errorf("seed 1: %d, again: %d, seed 2: %d", len(a), len(b), len(c))
	}
}

// TestTap loses chosen packets.
func TestTap(t *testing.T) {
	n := 0
	tap := func(from *natlab.Host, src, dst netip.AddrPort, b []byte) bool {
		n++
		return string(b) != "evil" && from != nil && src.IsValid() && dst.IsValid()
	}
	inLab(t, natlab.Config{Tap: tap}, func(t *testing.T, lab *natlab.Lab) {
		w := newTwo(t, lab)
		say(t, w.ca, "evil", w.atb)
		say(t, w.ca, "good", w.atb)
		if text, _ := hear(t, w.cb); text != "good" || n != 2 || lab.Counters().Taken != 1 {
			t.Errorf("%q, %d seen, %+v", text, n, lab.Counters())
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	for what, f := range map[string]func(){
		"config": func() { natlab.New(natlab.Config{Weather: weather.Weather{Latency: -1}}) },
		"site":   func() { natlab.New(natlab.Config{}).Site(natlab.NAT{MTU: 1}) },
		"line":   func() { natlab.New(natlab.Config{}).Host().Line(weather.Weather{Rate: -1}, weather.Weather{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a wrong value is taken", what)
				}
			}()
			f()
		}()
	}
}
