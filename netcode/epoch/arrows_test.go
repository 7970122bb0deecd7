package epoch

import "testing"

func compareArrows(t *testing.T, seen map[arrow]int) {
	for a, n := range seen {
		t.Logf("%v %s %v %d", a.from, a.event, a.to, n)
	}
}
