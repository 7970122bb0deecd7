package mesh

import "sync/atomic"

// counters count what went wrong, over all peers.
type counters struct {
	badLetters, staleLetters, floodedLetters, forged, junk, unbound atomic.Int64
	carried, carriedBytes, overBudget, undeliverable, unsealed      atomic.Int64
}

// Stats is what a mesh refused or dropped so far, over all peers.
type Stats struct {
	BadLetters     int64 // signalling messages that no mesh of this version writes
	StaleLetters   int64 // signalling messages of an earlier process or connection
	FloodedLetters int64 // signalling messages dropped because one peer sent too many
	Forged         int64 // offers and answers refused, see [ForgedError]
	Junk           int64 // messages over a link that no mesh of this version writes
	Unbound        int64 // messages of channels that nobody had bound

	// Messages and their bytes that this member passed on between two others,
	// and how many it did not, because that was more than Config.RelayBudget or
	// the second one was not there.
	Carried, CarriedBytes, OverBudget, Undeliverable int64
	// Unsealed counts messages through a third member that were not sealed for us.
	Unsealed int64
}

// Stats returns the counts as of now.
func (m *Mesh) Stats() Stats {
	c := &m.counts
	return Stats{
		BadLetters: c.badLetters.Load(), StaleLetters: c.staleLetters.Load(), FloodedLetters: c.floodedLetters.Load(),
		Forged: c.forged.Load(), Junk: c.junk.Load(), Unbound: c.unbound.Load(),
		Carried: c.carried.Load(), CarriedBytes: c.carriedBytes.Load(), OverBudget: c.overBudget.Load(),
		Undeliverable: c.undeliverable.Load(), Unsealed: c.unsealed.Load(),
	}
}
