package epoch

import (
	"bytes"
	"crypto/sha256"
)

// order ranks the members by SHA-256(match ‖ key), so that nobody chooses its
// rank and everybody knows it.
func order(cfg *Config) (rank [MaxMembers]uint8) {
	var sums [MaxMembers][sha256.Size]byte
	for i, id := range cfg.IDs {
		b := make([]byte, 0, 64)
		b = append(b, cfg.Match[:]...)
		sums[i] = sha256.Sum256(append(b, id[:]...))
	}
	for i := range cfg.IDs {
		for j := range cfg.IDs {
			if bytes.Compare(sums[j][:], sums[i][:]) < 0 {
				rank[i]++
			}
		}
	}
	return rank
}

// lowest returns the lowest-ranked member of s, -1 if s is empty.
func lowest(rank *[MaxMembers]uint8, s Set) int {
	best := -1
	for i := range MaxMembers {
		if s.Has(i) && (best < 0 || rank[i] < rank[best]) {
			best = i
		}
	}
	return best
}

// quorum reports whether who decide for the voters: more than half of those
// that did not leave, or exactly half with the lowest-ranked of them.
//
// Members may count differently who left, and still any two quorums share a
// member. Let N be the voters that never leave in this epoch. Only they are
// counted in who: who wrote a leave entry votes no more, and who promised or
// voted writes none (see [Machine.Bound]). Let the first quorum P count all but
// L1, the second Q all but L2, so that it counts k1, k2 leavers as present:
// 2|P| >= |N|+k1 and 2|Q| >= |N|+k2. If k1+k2 > 0, then |P|+|Q| > |N|, and two
// subsets of N that big share a member. If k1 = k2 = 0, both count over N
// itself: either one has more than half, and the same follows; or both are
// exactly half, and share the lowest-ranked of N.
func quorum(rank *[MaxMembers]uint8, voters, who, left Set) bool {
	voters &^= left
	who &= voters
	switch n, half := voters.Len(), 2*who.Len(); {
	case n == 0:
		return false
	case half == n:
		return who.Has(lowest(rank, voters))
	default:
		return half > n
	}
}
