//go:build !tuttimutant

package lockstep

// Mutants take one protection out of the engine, to show that the tests notice.
// They exist in builds with the tag tuttimutant alone; here they compile away.
const (
	mutantFreeze  = false // a promise freezes nothing
	mutantStaging = false // staged entries are held at once
	mutantReack   = false // what was acknowledged once is not acknowledged again
	mutantAlpha   = false // a join acts on the frame after its entry
)
