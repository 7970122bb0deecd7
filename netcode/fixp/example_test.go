package fixp_test

import (
	"fmt"

	"github.com/tuttiplay/tutti/netcode/fixp"
)

// A ship that accelerates, turns and keeps below a top speed.
func Example() {
	thrust, top := fixp.Ratio(1, 8), fixp.Int(3)
	pos, vel, heading := fixp.V(10, 10), fixp.Vec2{}, fixp.Degrees(45)
	for range 60 {
		vel = vel.Add(fixp.Polar(thrust, heading)).ClampLen(top)
		pos = pos.Add(vel)
		heading += fixp.Degrees(1)
	}
	fmt.Println(pos.X, pos.Y, vel.Len())
	// Output: 71.35704 139.44139 3.00002
}

// The whole state of a generator is one number, saved with the game.
func ExampleRand() {
	r := fixp.NewRand(42)
	saved := r.State()
	a, b := r.Intn(6)+1, r.Intn(6)+1
	again := fixp.RandAt(saved)
	fmt.Println(a == again.Intn(6)+1, b == again.Intn(6)+1)
	// Output: true true
}
