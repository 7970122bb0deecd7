//go:build !js

package netcode_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/tuttiplay/tutti/netcode/seeds"
)

// mutants are the protections that can be taken out of the engine and of the
// agreement; see the files mutant_on.go there. Each must make one of our own
// tests fail.
var mutants = []struct {
	name  string
	test  string // that notices
	first uint64 // where an everyday run looks
	quick int    // and how many seeds from there on it tries; 0 is none
}{
	{"freeze", "TestDeath", 1, 100},
	{"maxcut", "TestDeath", 1, 100},
	{"staging", "TestDeaths", 1, 300},
	{"fill", "TestDuel", 1, 300},
	{"adoption", "TestDuel", 1, 0}, // one in a thousand or two notices
	{"alpha", "TestComeback", 1, 30},
	{"reack", "TestFarewell", 1, 60},
}

// mutantSeeds is within how many seeds each is caught at the latest.
const mutantSeeds = 3000

// TestMutants: the tests of deaths and returns are no toys. With any one
// protection taken out, one of them fails; with none, they pass.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a second test binary")
	}
	bin := filepath.Join(t.TempDir(), "mutant.test")
	if out, err := exec.Command("go", "test", "-c", "-tags", "tuttimutant", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	full := os.Getenv(seeds.EnvCount) != ""
	for _, m := range mutants {
		first, count := m.first, m.quick
		if full {
			first, count = seeds.First, mutantSeeds
		}
		if count == 0 {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			seed, out, err := runMutant(bin, m.name, m.test, first, count)
			if err == nil {
				t.Fatalf("%d seeds of %s from %d on do not miss it", count, m.test, first)
			}
			if seed == "" {
				t.Fatalf("%s failed otherwise: %v\n%s", m.test, err, out)
			}
			t.Logf("%s fails at seed %s", m.test, seed)
		})
	}
	t.Run("none", func(t *testing.T) {
		done := map[string]bool{}
		for _, m := range mutants {
			if done[m.test] || m.quick == 0 {
				continue
			}
			done[m.test] = true
			if _, out, err := runMutant(bin, "none", m.test, m.first, m.quick); err != nil {
				t.Errorf("%s: %v\n%s", m.test, err, out)
			}
		}
	})
}

var failedSeed = regexp.MustCompile(`--- FAIL: \w+/seed=(\d+)`)

// runMutant runs a test with a mutant until its first failure, and returns the
// seed of that.
func runMutant(bin, mutant, test string, first uint64, count int) (seed string, out []byte, err error) {
	cmd := exec.Command(bin, "-test.run", "^"+test+"$", "-test.failfast", "-test.timeout", "5m")
	cmd.Env = append(os.Environ(), "TUTTI_MUTANT="+mutant,
		fmt.Sprintf("%s=%d", seeds.EnvFirst, first), fmt.Sprintf("%s=%d", seeds.EnvCount, count))
	out, err = cmd.CombinedOutput()
	if match := failedSeed.FindSubmatch(out); match != nil {
		seed = string(match[1])
	}
	return seed, out, err
}
