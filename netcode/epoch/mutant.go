//go:build !tuttimutant

package epoch

// Mutants take one protection out of the agreement, to show that the tests
// notice. They exist in builds with the tag tuttimutant alone; here they
// compile away.
const (
	mutantAdoption = false // a leader ignores the votes that Promises report
	mutantMaxCut   = false // a log is cut where the leader's own copy ends
	mutantFill     = false // a vote does not wait for the moves up to the cut
)
