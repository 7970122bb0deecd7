//go:build !js

package epoch

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMutantsAreNoticed takes one protection after the other out and expects the
// exploration to find the invariant that it held up.
func TestMutantsAreNoticed(t *testing.T) {
	if os.Getenv("TUTTI_MUTANT") != "" {
		t.Skip("this is a mutant already")
	}
	for _, tc := range []struct{ mutant, models, want string }{
		{"", "one_gone", "ok"}, // the tag alone changes nothing
		{"adoption", "one_suspected", ": I1: "},
		{"maxcut", "one_gone", ": I2: "},
		{"fill", "four_one_gone", ": I4: "},
	} {
		t.Run("without "+tc.mutant, func(t *testing.T) {
			cmd := exec.Command("go", "test", "-tags", "tuttimutant", "-count=1", "-run", "^TestEveryState$/^("+tc.models+")$", ".")
			cmd.Env = append(os.Environ(), "TUTTI_MUTANT="+tc.mutant)
			out, err := cmd.CombinedOutput()
			if failed := err != nil; failed != (tc.mutant != "") || !strings.Contains(string(out), tc.want) {
				t.Errorf("%v, want %q in\n%.2000s", err, tc.want, out)
			}
		})
	}
}
