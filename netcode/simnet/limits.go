package simnet

import (
	"fmt"
	"slices"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// None in [Limits] is none at all, where 0 chooses.
const None = -1

// Defaults that zero [Limits] stand for.
const (
	DefaultMinPlayers = 2
	DefaultMaxPlayers = 4
	DefaultLength     = 20 * time.Second
	DefaultTroubles   = 8
	DefaultLongest    = 5 * time.Second
	DefaultMaxPPM     = 200 // twice what two bad crystals make
)

// Limits say what [Generate] may draw. The zero value works.
type Limits struct {
	// MinPlayers and MaxPlayers are the fewest and most players, at least 2 and
	// at most the constant [MaxPlayers]. 0 is [DefaultMinPlayers] and
	// [DefaultMaxPlayers], or the other one if that leaves nothing between.
	MinPlayers, MaxPlayers int
	// Length is that of the scenario. 0 is [DefaultLength]; a second to an hour.
	Length time.Duration
	// Calm is how long before the end all cuts are healed and all players
	// thawed, so that a test can ask whether a match recovers. The weather stays
	// as it is, and so do clocks and the dead. 0 is a quarter of Length; less
	// than Length.
	Calm time.Duration
	// Troubles is how many things happen at most, each a cut, a split, a freeze
	// and the like with its end. 0 is [DefaultTroubles]; at most 1000; [None].
	Troubles int
	// Longest is the longest that a cut, a split or a freeze lasts; each lasts a
	// millisecond at least. 0 is [DefaultLongest].
	Longest time.Duration
	// Crashes is how many players may crash, at most; one always lives. 0 is
	// none.
	Crashes int
	// MaxPPM is the largest drift of a clock, fast or slow. 0 is
	// [DefaultMaxPPM]; at most [MaxDrift]; [None].
	MaxPPM int
	// Weathers are those that the network and its paths may have. Empty is all
	// presets of package weather.
	Weathers []weather.Weather
	// Do draws an action of the test's own in a match of so many players, as
	// one more kind of trouble. nil is none. It must draw from these dice alone,
	// and what it returns must be valid.
	Do func(dice *weather.Dice, players int) Do
}

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes l.
func (l Limits) Validate() error {
	r := l.resolve()
	switch {
	case r.MinPlayers < 2 || r.MinPlayers > r.MaxPlayers || r.MaxPlayers > MaxPlayers:
		return fmt.Errorf("simnet: Limits.MinPlayers is %d and MaxPlayers %d; want 2 to %d in this order", l.MinPlayers, l.MaxPlayers, MaxPlayers)
	case r.Length < time.Second || r.Length > time.Hour:
		return fmt.Errorf("simnet: Limits.Length is %v; want 0 (choose well) or %v to %v", l.Length, time.Second, time.Hour)
	case r.Calm < 0 || r.Calm > r.Length-time.Millisecond:
		return fmt.Errorf("simnet: Limits.Calm is %v; want 0 (choose well) or less than %v", l.Calm, r.Length)
	case l.Troubles < None || l.Troubles > 1000:
		return fmt.Errorf("simnet: Limits.Troubles is %d; want None, 0 (choose well) or at most 1000", l.Troubles)
	case r.Longest < time.Millisecond:
		return fmt.Errorf("simnet: Limits.Longest is %v; want 0 (choose well) or at least %v", l.Longest, time.Millisecond)
	case l.Crashes < 0:
		return fmt.Errorf("simnet: Limits.Crashes is %d; want 0 or more", l.Crashes)
	case l.MaxPPM < None || l.MaxPPM > MaxDrift:
		return fmt.Errorf("simnet: Limits.MaxPPM is %d; want None, 0 (choose well) or at most %d", l.MaxPPM, MaxDrift)
	}
	for i, w := range l.Weathers {
		if err := w.Validate(); err != nil {
			return fmt.Errorf("simnet: Limits.Weathers[%d]: %w", i, err)
		}
	}
	return nil
}

// resolve puts the defaults in, and 0 for None.
func (l Limits) resolve() Limits {
	switch {
	case l.MinPlayers == 0 && l.MaxPlayers == 0:
		l.MinPlayers, l.MaxPlayers = DefaultMinPlayers, DefaultMaxPlayers
	case l.MinPlayers == 0:
		l.MinPlayers = min(DefaultMinPlayers, l.MaxPlayers)
	case l.MaxPlayers == 0:
		l.MaxPlayers = max(DefaultMaxPlayers, l.MinPlayers)
	}
	if l.Length == 0 {
		l.Length = DefaultLength
	}
	if l.Calm == 0 {
		l.Calm = l.Length / 4
	}
	if l.Longest == 0 {
		l.Longest = DefaultLongest
	}
	l.Troubles = choose(l.Troubles, DefaultTroubles)
	l.MaxPPM = choose(l.MaxPPM, DefaultMaxPPM)
	l.Weathers = slices.Clone(l.Weathers)
	if len(l.Weathers) == 0 {
		for _, name := range weather.Names() {
			w, err := weather.Parse(name)
			if err != nil {
				panic(err) // a name that its own package does not know
			}
			l.Weathers = append(l.Weathers, w)
		}
	}
	return l
}

// choose reads a number that may be 0 for the default or None.
func choose(n, byDefault int) int {
	switch n {
	case 0:
		return byDefault
	case None:
		return 0
	}
	return n
}
