package weather_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

func TestShareText(t *testing.T) {
	for _, c := range []struct {
		s    weather.Share
		want string
	}{
		{0, "0%"},
		{weather.Percent(2), "2%"},
		{2_500, "0.25%"},
		{1, "0.0001%"},
		{100_100, "10.01%"},
		{weather.Whole, "100%"},
		{weather.Percent(100), "100%"},
		{math.MaxUint32, "429496.7295%"},
	} {
		if got := c.s.String(); got != c.want {
			t.Errorf("Share(%d) prints as %q, want %q", uint32(c.s), got, c.want)
		}
	}
	// 429,497 % would wrap to a small share.
	for _, n := range []int{-1, 101, 429_497, math.MinInt} {
		if s := weather.Percent(n); s <= weather.Whole {
			t.Errorf("Percent(%d) = %v, which Validate would take", n, s)
		}
	}
}

// The numbers are those of the reference implementation in C, seed 1234567.
func TestDiceIsSplitMix64(t *testing.T) {
	d := weather.NewDice(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := d.Uint64(); got != want {
			t.Fatalf("number %d is %d, want %d", i, got, want)
		}
	}
}

func TestDiceBounds(t *testing.T) {
	d := weather.NewDice(1)
	var seen [3]int
	for range 3000 {
		seen[d.Below(3)]++
		if d.Below(1) != 0 || d.Below(0) != 0 {
			t.Fatal("Below(1) or Below(0) is not 0")
		}
		if d.Chance(0) || !d.Chance(weather.Whole) {
			t.Fatal("never happened or always did not")
		}
	}
	for n, times := range seen {
		if times < 850 || times > 1150 {
			t.Errorf("Below(3) gave %d %d times in 3000", n, times)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		field string
		w     weather.Weather
	}{
		{"Latency", weather.Weather{Latency: -1}},
		{"Latency", weather.Weather{Latency: weather.MaxDelay + 1}},
		{"Jitter", weather.Weather{Jitter: -time.Second}},
		{"Hold", weather.Weather{Hold: weather.MaxDelay + 1}},
		{"Queue", weather.Weather{Queue: -1}},
		{"Loss", weather.Weather{Loss: weather.Whole + 1}},
		{"Loss", weather.Weather{Loss: weather.Percent(-1)}},
		{"Reorder", weather.Weather{Reorder: weather.Percent(101)}},
		{"Duplicate", weather.Weather{Duplicate: weather.Whole + 1}},
		{"BurstShare", weather.Weather{BurstShare: weather.Whole + 1, BurstLength: 1}},
		{"BurstLength", weather.Weather{BurstShare: 1}},
		{"BurstLength", weather.Weather{BurstLength: 1}},
		{"BurstLength", weather.Weather{BurstShare: 1, BurstLength: -1}},
		{"BurstLength", weather.Weather{BurstShare: 1, BurstLength: weather.MaxBurst + 1}},
		{"bursts of 1 ", weather.Weather{BurstShare: weather.Percent(51), BurstLength: 1}},
		{"bursts of 9 ", weather.Weather{BurstShare: weather.Whole, BurstLength: 9}},
		{"Rate", weather.Weather{Rate: -1}},
	} {
		before := c.w
		err := c.w.Validate()
		if err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%+v: error %v, want one about %q", c.w, err, c.field)
		}
		if c.w != before {
			t.Errorf("Validate changed %+v to %+v", before, c.w)
		}
	}
	for _, w := range []weather.Weather{
		{},
		{Loss: weather.Whole, Latency: weather.MaxDelay, Jitter: weather.MaxDelay},
		{BurstShare: weather.Percent(50), BurstLength: 1},
		{BurstShare: weather.Percent(99), BurstLength: 99},
	} {
		if err := w.Validate(); err != nil {
			t.Errorf("%+v: %v", w, err)
		}
	}
}

func TestPresets(t *testing.T) {
	seen := map[weather.Weather]string{}
	for _, name := range weather.Names() {
		w, err := weather.Parse(strings.ToUpper(name))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if other, dup := seen[w]; dup {
			t.Errorf("%s is the same weather as %s", name, other)
		}
		seen[w] = name
	}
	if w, err := weather.Parse("4g"); err != nil || w != weather.FourG() || w == weather.Clear() {
		t.Errorf("4g is %+v, %v", w, err)
	}
	for _, name := range []string{"", "5g", "4g ", strings.Repeat("x", 1000)} {
		_, err := weather.Parse(name)
		if !errors.Is(err, weather.ErrUnknown) {
			t.Errorf("Parse(%.10q): error %v, want ErrUnknown", name, err)
		} else if !strings.Contains(err.Error(), "4g, 3g") || len(err.Error()) > 250 {
			t.Errorf("Parse(%.10q): the error does not help: %v", name, err)
		}
	}
}
