package weather

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrUnknown is what [Parse] returns, wrapped, for a name that no preset has.
var ErrUnknown = errors.New("weather: unknown weather")

// presets in the order from calm to rough; the names are what players type.
var presets = [...]struct {
	name string
	make func() Weather
}{
	{"clear", Clear},
	{"lan", LAN},
	{"fiber", Fiber},
	{"wifi", WiFi},
	{"ocean", Ocean},
	{"4g", FourG},
	{"3g", ThreeG},
	{"satellite", Satellite},
	{"storm", Storm},
}

// Names returns the names that [Parse] knows, from calm to rough.
func Names() []string {
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.name
	}
	return names
}

// Parse returns the preset of that name, in upper or lower case: what
// TUTTI_WEATHER=4g means. The error wraps [ErrUnknown] and lists the names.
func Parse(name string) (Weather, error) {
	for _, p := range presets {
		if strings.EqualFold(p.name, name) {
			return p.make(), nil
		}
	}
	return Weather{}, fmt.Errorf("%w %.40q; want one of %s", ErrUnknown, name, strings.Join(Names(), ", "))
}

// The presets are round numbers for one direction between two players, chosen
// so that each one has a trouble of its own. They are neither measurements nor
// promises.

// Clear returns the zero Weather, a perfect network: what remains wrong under
// it is not the network's fault.
func Clear() Weather { return Weather{} }

// LAN is one cable and one switch: nothing to repair, and so the weather in
// which needless repairs show.
func LAN() Weather {
	return Weather{Latency: 300 * time.Microsecond, Jitter: 200 * time.Microsecond}
}

// Fiber is two wired homes in one country, the connection most matches should
// feel like: 30 ms there and back, hardly any loss.
func Fiber() Weather {
	return Weather{Latency: 15 * time.Millisecond, Jitter: 2 * time.Millisecond, Loss: Share(500), Rate: 2_500_000}
}

// WiFi is Fiber with a radio in the last room: the air is shared, so delays
// swing by more than a frame, and a neighbour's burst takes a few packets in a
// row.
func WiFi() Weather {
	return Weather{
		Latency: 17 * time.Millisecond, Jitter: 20 * time.Millisecond,
		Loss: Share(2_500), BurstShare: Share(7_500), BurstLength: 4,
		Reorder: Share(500), Rate: 2_500_000,
	}
}

// Ocean is two good lines on two continents: the delay of light in glass, 150
// ms there and back, which no engineering removes, and little else.
func Ocean() Weather {
	return Weather{
		Latency: 75 * time.Millisecond, Jitter: 5 * time.Millisecond,
		Loss: Percent(1) / 2, Reorder: Share(1_000), Duplicate: Share(100), Rate: 2_500_000,
	}
}

// FourG is a phone that moves: 70 ms there and back on average as browser
// throttling profiles have it for LTE, jitter of two frames from the radio's
// scheduler, and short silences at a hand-over between cells.
func FourG() Weather {
	return Weather{
		Latency: 20 * time.Millisecond, Jitter: 30 * time.Millisecond,
		Loss: Percent(1) / 2, BurstShare: Percent(1), BurstLength: 8,
		Rate: 1_500_000, Queue: 400 * time.Millisecond,
	}
}

// ThreeG is the slowest line that a match should survive: 300 ms there and
// back, 1.6 Mbit/s as the same profiles have it, and a deep queue, so that
// whoever sends too much delays itself by half a second before it loses
// anything.
func ThreeG() Weather {
	return Weather{
		Latency: 120 * time.Millisecond, Jitter: 60 * time.Millisecond,
		Loss: Percent(1), BurstShare: Percent(1), BurstLength: 6,
		Rate: 200_000, Queue: 500 * time.Millisecond,
	}
}

// Satellite is a hop over a geostationary satellite: 36,000 km up, down and the
// same again for the answer, 600 ms with what the ground stations add. Hopeless for rollback, fine for turns; it finds
// every time-out that is too short.
func Satellite() Weather {
	return Weather{
		Latency: 290 * time.Millisecond, Jitter: 20 * time.Millisecond,
		Loss: Percent(1), Rate: 500_000, Queue: time.Second,
	}
}

// Storm is everything at once, rougher than any network worth playing on: what
// does not break in it breaks nowhere.
func Storm() Weather {
	return Weather{
		Latency: 60 * time.Millisecond, Jitter: 80 * time.Millisecond,
		Loss: Percent(10), BurstShare: Percent(10), BurstLength: 10,
		Reorder: Percent(10), Duplicate: Percent(5),
		Rate: 100_000, Queue: 300 * time.Millisecond,
	}
}
