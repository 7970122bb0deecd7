// Package seeds runs a test over many seeds, and prints for each seed that
// fails the one command that fails again.
//
// Two variables of the environment rule every seeded test of the house:
//
//	TUTTI_SEED0   the first seed, decimal or 0x-hex; by default [First]
//	TUTTI_SEEDS   how many seeds run, at least 1; by default the test's own quick number
//
// A value that does not parse fails the test; nothing falls back silently.
package seeds

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The variables that [Each] reads.
const (
	EnvFirst = "TUTTI_SEED0"
	EnvCount = "TUTTI_SEEDS"
)

// First is the first seed where TUTTI_SEED0 is not set.
const First uint64 = 1

// Each runs f as one subtest per seed: TUTTI_SEED0, TUTTI_SEED0+1 and so on,
// wrapping at 2^64, TUTTI_SEEDS of them. quick is their number where
// TUTTI_SEEDS is not set, so it says how many seeds the test affords in an
// everyday run; at least 1. Under the race detector and in WebAssembly, which
// are about ten times slower, a tenth of them run.
//
// After a failure it logs the seed and the command that reruns this seed
// alone, to be typed in the test's own directory. f runs on the subtest's
// goroutine, one seed after the other unless f calls t.Parallel.
func Each(t *testing.T, quick int, f func(t *testing.T, seed uint64)) {
	t.Helper()
	first, count, err := plan(os.Getenv(EnvFirst), os.Getenv(EnvCount), (quick+slow-1)/slow)
	if err != nil {
		t.Fatal(err)
	}
	test := t.Name()
	for i := range count {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			// Cleanup and not the next line: a t.Fatal ends f's goroutine, and
			// with t.Parallel f outlives this loop.
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("seed %d failed; rerun it with\n\t%s", seed, rerun(test, seed))
				}
			})
			f(t, seed)
		})
	}
}

// plan turns the two variables, empty where unset, into a range of seeds.
func plan(first, count string, quick int) (uint64, int, error) {
	if quick < 1 {
		return 0, 0, fmt.Errorf("seeds: the quick number is %d; want at least 1", quick)
	}
	seed, n := First, quick
	if first != "" {
		v, err := strconv.ParseUint(first, 0, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("seeds: %s=%q is not a seed: %w", EnvFirst, first, err)
		}
		seed = v
	}
	if count != "" {
		v, err := strconv.Atoi(count)
		if err != nil || v < 1 {
			return 0, 0, fmt.Errorf("seeds: %s=%q is not a number of seeds; want at least 1", EnvCount, count)
		}
		n = v
	}
	return seed, n, nil
}

// rerun is the command that runs the named test with this seed alone. The
// pattern is anchored level by level, because go test splits it at slashes.
func rerun(test string, seed uint64) string {
	levels := strings.Split(test, "/")
	for i, name := range levels {
		levels[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	return fmt.Sprintf("%s=%d %s=1 go test -count=1 -run '%s' .", EnvFirst, seed, EnvCount, strings.Join(levels, "/"))
}
