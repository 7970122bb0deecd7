package roomstate_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
)

// eachSeed runs f once per seed under the variables of netcode/internal/seeds,
// which lobby may not import: TUTTI_SEED0 is the first, TUTTI_SEEDS how many.
func eachSeed(t *testing.T, quick int, f func(t *testing.T, seed uint64)) {
	t.Helper()
	first, n := uint64(1), quick
	var err error
	if text := os.Getenv("TUTTI_SEED0"); text != "" {
		if first, err = strconv.ParseUint(text, 0, 64); err != nil {
			t.Fatalf("TUTTI_SEED0: %v", err)
		}
	}
	if text := os.Getenv("TUTTI_SEEDS"); text != "" {
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			t.Fatalf("TUTTI_SEEDS=%q is not a number of seeds", text)
		}
	}
	for i := range n {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("again: TUTTI_SEED0=%d TUTTI_SEEDS=1 go test -count=1 -run '^%s$' ./lobby/internal/roomstate", seed, "TestRandomWalk")
				}
			})
			f(t, seed)
		})
	}
}
