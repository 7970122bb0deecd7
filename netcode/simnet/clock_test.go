package simnet

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// The clock is held against exact fractions: whatever the changes on the way,
// it shows the sum of all stretches, rounded down once.
func TestClockIsExact(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		dice := weather.NewDice(seed)
		var c clock
		var now time.Duration
		exact := new(big.Int) // millionths of a nanosecond
		stood := 0
		for range 500 {
			step := time.Duration(dice.Below(uint64(time.Hour)))
			if dice.Chance(weather.Percent(50)) {
				step = time.Duration(dice.Below(10))
			}
			before, _ := c.at(now)
			if c.stands {
				stood++
			} else {
				exact.Add(exact, new(big.Int).Mul(big.NewInt(int64(step)), big.NewInt(million+c.ppm)))
				// The first time at which it shows due is found, and not one
				// nanosecond later.
				due := before + time.Duration(dice.Below(uint64(3*time.Hour)))
				at := max(now, c.when(due))
				if shown, _ := c.at(at); shown < due {
					t.Fatalf("when(%d) is %d, and the clock shows %d then", due, at, shown)
				}
				if at > now {
					if shown, _ := c.at(at - 1); shown >= due {
						t.Fatalf("when(%d) is %d, and the clock shows %d before", due, at, shown)
					}
				}
			}
			now += step
			shown, frac := c.at(now)
			if want := new(big.Int).Div(exact, big.NewInt(million)); want.Int64() != int64(shown) || shown < before {
				t.Fatalf("at %d the clock shows %d after %d, want %d", now, shown, before, want)
			}
			c.set(now)
			if again, f := c.at(now); again != shown || f != frac {
				t.Fatalf("set makes the clock jump from %d to %d", shown, again)
			}
			c.ppm = int64(dice.Below(2*MaxDrift+1)) - MaxDrift
			c.stands = dice.Chance(weather.Percent(20))
		}
		if stood == 0 {
			t.Error("the clock never stood")
		}
	})
}

func TestClockDoesNotOverflow(t *testing.T) {
	const end = time.Duration(math.MaxInt64)
	slow := clock{ppm: -MaxDrift, base: time.Hour}
	if got := slow.when(end); got != end {
		t.Errorf("the end of a slow clock comes at %d", got)
	}
	if got := slow.when(end - 1 - (end-1)/5); got < end/5*4 || got == end {
		t.Errorf("a slow clock shows four fifths of all time at %d", got)
	}
	fast := clock{ppm: MaxDrift}
	if got, _ := fast.at(end / 10 * 9); got < end/100*98 {
		t.Errorf("a fast clock shows %d after nine tenths of all time", got)
	}
	if later(end-1, 5) != end || later(3, 5) != 8 {
		t.Error("later")
	}
}
