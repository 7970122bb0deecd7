//go:build tuttimutant

package lockstep

import "os"

var (
	mutantFreeze  = mutant("freeze")
	mutantStaging = mutant("staging")
	mutantReack   = mutant("reack")
	mutantAlpha   = mutant("alpha")
)

// mutant reports whether a test asked for a mutant by its name.
func mutant(name string) bool { return os.Getenv("TUTTI_MUTANT") == name }
