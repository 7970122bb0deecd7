package mesh

import (
	"errors"
	"slices"
)

// maxRetired is how many earlier processes of a peer are remembered.
const maxRetired = 8

var errRetired = errors.New("mesh: an earlier process of the peer")

// retired are the incarnations of a peer that another one took the place of. A
// process that lives on beside its successor, or whose messages are still under
// way through somebody, would otherwise take the place back, and both would lose
// count of their messages. link.mu guards it.
type retired []uint64

// add notes one; of those that are too many the oldest is forgotten.
func (r *retired) add(incarnation uint64) {
	if r.has(incarnation) {
		return
	}
	if len(*r) == maxRetired {
		*r = slices.Delete(*r, 0, 1)
	}
	*r = append(*r, incarnation)
}

func (r retired) has(incarnation uint64) bool { return slices.Contains(r, incarnation) }

// isRetired says whether a letter is of an earlier process.
func (l *link) isRetired(incarnation uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.retired.has(incarnation)
}
