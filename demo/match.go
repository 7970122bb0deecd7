package main

import (
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"

	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode/peer"
)

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
func (r rules) solo() (*party.Match, error) {
	key, err := peer.NewKey(crand.Reader)
	if err != nil {
		return nil, err
	}
	seed := r.seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	seats := make([]peer.ID, r.bots+1)
	seats[0] = key.ID()
	return party.Alone(peer.NewMatch(seed, seats, nil)), nil
}

// together is what a player chooses about a match with others.
type together struct {
	server string // address of the lobby server
	host   bool   // make a room
	room   string // enter the room of this code or link
	name   string
	say    string
	start  int // the owner starts when so many are ready
	ready  bool
	page   string // address of the game's page
	local  bool   // link over the loopback interface alone
}

// wanted reports whether there is a room to make or to enter.
func (t together) wanted() bool { return t.host || t.room != "" }

// config returns what package party needs.
func (t together) config() party.Config {
	return party.Config{
		Server: t.server, Room: t.room, Name: t.name, Say: t.say, Start: t.start, Ready: t.ready, Page: t.page, Loopback: t.local,
	}
}
