package sim

import (
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// How many ships there are: at least MinShips, so that two players (or one) find
// a full game; always an even number, so that the teams are equal.
const (
	MinShips = 4
	MaxShips = peer.MaxSeats
)

// World is one match of Ricochet. The zero value shows an empty arena until
// Start. It is a plain value: assigning it copies the whole game. One goroutine at
// a time.
type World struct {
	state
	// What follows is a view or scratch: never read by Step, not saved.
	log     log
	scratch [maxState]byte
}

var (
	_ netcode.Game[Keys] = (*World)(nil)
	_ netcode.Saver      = (*World)(nil)
	_ netcode.Hasher     = (*World)(nil)
)

// state is everything that Step reads; Save writes all of it.
type state struct {
	seed  uint64 // of the match; the bots' characters grow from it
	rand  fixp.Rand
	frame uint32 // frames stepped since Start
	round uint16 // rematches played before this one
	phase Phase
	timer uint16 // frames left in the phase; 0 in Play, which ends with the clock
	clock uint16 // frames of play left, at most MatchFrames
	score [2]uint8
	wins  [2]uint8
	puck  body
	touch uint8 // ship that touched the puck last since kick-off, noSeat if none
	jam   uint8 // frames that ships have held the puck fast, below jamFrames
	ships [MaxShips]ship
	n     uint8 // ships in play: even, MinShips to MaxShips
}

// noSeat stands for no ship.
const noSeat = 255

// body is a disc that moves.
type body struct{ pos, vel fixp.Vec2 }

// ship is one seat's ship. Ships of even seats are team 0.
type ship struct {
	body
	facing   dir   // last direction thrust in, 0 to 7
	dash     uint8 // frames left of the burst, at most dashFrames
	cooldown uint8 // frames until the next burst, at most dashCooldown
	held     bool  // Dash was held in the last frame: the next press is an edge
	ready    bool  // pressed Ready in this result phase
	human    bool  // a player held the seat in the last frame
	emote    uint8 // number shown, 0 when emoteFor is 0
	emoteFor uint8 // frames left to show it, at most EmoteFrames
}

// Start begins the match: kick-off positions, score nil, countdown.
func (w *World) Start(m peer.Match) {
	n := min(max(len(m.Seats)+len(m.Seats)%2, MinShips), MaxShips)
	*w = World{state: state{seed: m.Seed, rand: fixp.NewRand(m.Seed), n: uint8(n)}}
	for i := range w.ships[:n] {
		w.ships[i].human = i < len(m.Seats) && !m.Seats[i].IsZero()
	}
	w.newRound()
}

// Step advances the match by one frame. Seats that nobody plays are played by
// [Bot].
func (w *World) Step(in netcode.Input[Keys]) {
	w.log.advance(w.frame)
	var keys [MaxShips]Keys
	for i := range w.ships[:w.n] {
		w.ships[i].human = i < len(in.Seats) && in.Seats[i].Status == netcode.Playing
		if i < len(in.Seats) {
			for _, order := range in.Seats[i].Orders {
				w.order(i, order)
			}
		}
	}
	for i := range w.ships[:w.n] {
		if w.ships[i].human {
			keys[i] = in.Seats[i].Move
		} else {
			// All bots look at the same world, before anybody moves.
			keys[i] = Bot(w, i)
		}
	}
	w.enterPhase()
	w.steer(&keys)
	if w.phase != Countdown {
		w.move()
		w.unjam()
	}
	w.leavePhase(&keys)
	w.frame++
}

// team returns the team of a seat: 0 attacks to the right, 1 to the left.
func team(seat int) int { return seat & 1 }
