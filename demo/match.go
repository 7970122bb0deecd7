package main

import (
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// build tells apart versions of the rules: players of different ones refuse each
// other.
const build = "ricochet/1"

// rules is what a player chooses about a match.
type rules struct {
	bots int    // 3, 5 or 7: they fill both teams up
	seed uint64 // of kick-offs and bots; 0 is any
}

// defaultRules is two against two.
func defaultRules() rules { return rules{bots: sim.MinShips - 1} }

// validate reports rules that make no match.
func (r rules) validate() error {
	if r.bots < sim.MinShips-1 || r.bots > sim.MaxShips-1 || r.bots%2 == 0 {
		return fmt.Errorf("%d bots make no two equal teams with you; play with 3, 5 or 7", r.bots)
	}
	return nil
}

// solo returns the match of one player against bots: seat 0 is the player's, all
// others are empty, which the rules of Ricochet fill with bots.
func (r rules) solo() (peer.Match, error) {
	key, err := peer.NewKey(crand.Reader)
	if err != nil {
		return peer.Match{}, err
	}
	seed := r.seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	seats := make([]peer.ID, r.bots+1)
	seats[0] = key.ID()
	return peer.NewMatch(seed, seats, nil), nil
}

// begin returns a session that plays the match on this machine alone.
func begin(w *sim.World, m peer.Match) *netcode.Session[sim.Keys] {
	return netcode.New(w, nil, netcode.Ready(m), netcode.Config{Build: build})
}
