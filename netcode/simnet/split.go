package simnet

import (
	"slices"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Split cuts the network into groups, with [Net.Cut] between every two peers
// that have no group in common. All that are named in no group are one more
// group together, so Split([]peer.ID{a}) takes a from everyone else; a peer
// named in two groups goes on reaching both. It only cuts: what was cut within
// a group stays so, and a peer that is first named later is cut off from
// nobody. [Net.HealAll] ends it. It panics on the zero ID.
func (n *Net) Split(groups ...[]peer.ID) {
	for _, g := range groups {
		for _, id := range g {
			n.link(id)
		}
	}
	for i, a := range n.links {
		for _, b := range n.links[:i] {
			if !together(groups, a.id, b.id) {
				n.Cut(a.id, b.id)
			}
		}
	}
}

// together tells whether two peers have a group in common; those in none have.
func together[T comparable](groups [][]T, a, b T) bool {
	loose := true
	for _, g := range groups {
		hasA, hasB := slices.Contains(g, a), slices.Contains(g, b)
		if hasA && hasB {
			return true
		}
		loose = loose && !hasA && !hasB
	}
	return loose
}

// HealAll ends all cuts between all peers, however they came about, as
// [Net.Heal] does for two.
func (n *Net) HealAll() {
	for _, l := range n.links {
		for _, d := range l.out {
			if d != nil {
				d.heal()
			}
		}
	}
}
