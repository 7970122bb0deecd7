package simnet

import (
	"slices"
	"testing"

	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Of a list of which some entries are needed, those are left, for no more tries
// than the algorithm's worst case of n²+3n, and in the good cases for few.
func TestMinimize(t *testing.T) {
	seeds.Each(t, 200, func(t *testing.T, seed uint64) {
		dice := weather.NewDice(seed)
		var list, need []int
		for i := range int(dice.Below(60)) {
			list = append(list, i)
			if dice.Chance(weather.Percent(10)) {
				need = append(need, i)
			}
		}
		best, tries := slices.Clone(list), 0
		changed := minimize(list, func(part []int) bool {
			tries++
			for _, i := range need {
				if !slices.Contains(part, i) {
					return false
				}
			}
			best = part
			return true
		})
		if !slices.Equal(best, need) || changed != (len(need) < len(list)) {
			t.Errorf("of %v it left %v, needed were %v", list, best, need)
		}
		if n := len(list); tries > n*n+3*n {
			t.Errorf("%d tries for %d entries", tries, n)
		}
	})
	// Halves are halved as long as that goes well: one entry of 64 is found in 9
	// tries, of which the first leaves out everything.
	for _, c := range []struct {
		need  []int
		tries int
	}{
		{[]int{17}, 9},
		{[]int{20, 21}, 10},
		{[]int{0, 63}, 68},
	} {
		list := make([]int, 64)
		for i := range list {
			list[i] = i
		}
		tries := 0
		minimize(list, func(part []int) bool {
			tries++
			return slices.Contains(part, c.need[0]) && slices.Contains(part, c.need[len(c.need)-1])
		})
		if tries != c.tries {
			t.Errorf("%d tries for %v, want %d", tries, c.need, c.tries)
		}
	}
}
