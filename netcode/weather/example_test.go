package weather_test

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

func ExampleNewPath() {
	w := weather.Weather{Latency: 40 * time.Millisecond, Loss: weather.Percent(30)}
	path := weather.NewPath(1, w)
	for i := range 5 {
		now := time.Duration(i) * 20 * time.Millisecond
		fmt.Println(now, path.Next(now, 100))
	}
	// Output:
	// 0s [40ms]
	// 20ms [60ms]
	// 40ms [80ms]
	// 60ms [100ms]
	// 80ms []
}

func ExampleParse() {
	w, err := weather.Parse("4g")
	fmt.Println(w.Latency, w.Jitter, w.BurstShare, err)
	_, err = weather.Parse("5g")
	fmt.Println(err)
	// Output:
	// 20ms 30ms 1% <nil>
	// weather: unknown weather "5g"; want one of clear, lan, fiber, wifi, ocean, 4g, 3g, satellite, storm
}

func ExampleNewDice() {
	dice := weather.NewDice(1)
	fmt.Println(dice.Below(6)+1, dice.Below(6)+1, dice.Chance(weather.Percent(50)))
	// Output: 4 5 false
}

func ExamplePercent() {
	fmt.Println(weather.Percent(2), weather.Percent(1)/4)
	// Output: 2% 0.25%
}
