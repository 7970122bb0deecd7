package process

import "slices"

// MaxRetired is how many earlier processes of a peer are remembered.
const MaxRetired = 8

// Retired is the processes of a peer that another one took the place of. One that
// lives on beside its successor, or whose messages are still under way through
// somebody, would otherwise take the place back, and both would lose count of
// their messages. The zero Retired has none.
type Retired struct{ list []uint64 }

// Add notes one; of those that are too many the oldest is forgotten.
func (r *Retired) Add(number uint64) {
	if r.Has(number) {
		return
	}
	if len(r.list) == MaxRetired {
		r.list = slices.Delete(r.list, 0, 1)
	}
	r.list = append(r.list, number)
}

// Has says whether a process is one of them.
func (r *Retired) Has(number uint64) bool { return slices.Contains(r.list, number) }

// Len is how many are remembered, at most [MaxRetired].
func (r *Retired) Len() int { return len(r.list) }
