package seeds

import (
	"slices"
	"testing"
)

func TestEachRunsTheAskedSeeds(t *testing.T) {
	for _, c := range []struct {
		name, first, count string
		quick              int
		want               []uint64
	}{
		{"default", "", "", 3, []uint64{1, 2, 3}},
		{"first", "40", "", 2, []uint64{40, 41}},
		{"hex", "0xff", "1", 9, []uint64{255}},
		{"count", "", "4", 1, []uint64{1, 2, 3, 4}},
		{"wraps", "18446744073709551615", "2", 1, []uint64{1<<64 - 1, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(EnvFirst, c.first)
			t.Setenv(EnvCount, c.count)
			var got []uint64
			Each(t, c.quick*slow, func(t *testing.T, seed uint64) { got = append(got, seed) })
			if !slices.Equal(got, c.want) {
				t.Errorf("ran %v, want %v", got, c.want)
			}
		})
	}
}

func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct {
		first, count string
		quick        int
	}{
		{"", "", 0},
		{"x", "", 1},
		{"-1", "", 1},
		{"18446744073709551616", "", 1},
		{"", "0", 1},
		{"", "-2", 1},
		{"", "many", 1},
	} {
		if seed, n, err := plan(c.first, c.count, c.quick); err == nil {
			t.Errorf("plan(%q, %q, %d) = %d, %d without an error", c.first, c.count, c.quick, seed, n)
		}
	}
}

func TestRerunNamesTheSeed(t *testing.T) {
	want := `TUTTI_SEED0=7 TUTTI_SEEDS=1 go test -count=1 -run '^TestMatch$/^four \(4g\)$' .`
	if got := rerun("TestMatch/four (4g)", 7); got != want {
		t.Errorf("rerun = %s\nwant    %s", got, want)
	}
}
