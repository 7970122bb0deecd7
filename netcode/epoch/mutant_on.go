//go:build tuttimutant

package epoch

import "os"

// The mutants, switched on by name in the environment of the tests.
var (
	mutantAdoption = mutant("adoption")
	mutantMaxCut   = mutant("maxcut")
	mutantFill     = mutant("fill")
)

// mutant reports whether a test asked for a mutant by its name.
func mutant(name string) bool { return os.Getenv("TUTTI_MUTANT") == name }
