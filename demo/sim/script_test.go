package sim

import (
	"testing"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// begin returns a world before frame 0, every seat held by somebody.
func begin(seed uint64, seats int) *World {
	ids := make([]peer.ID, seats)
	for i := range ids {
		ids[i][0] = byte(i + 1)
	}
	w := new(World)
	w.Start(peer.NewMatch(seed, ids, nil))
	return w
}

// input returns the input of one frame with these moves, every seat Playing.
func input(moves ...Keys) netcode.Input[Keys] {
	in := netcode.Input[Keys]{Seats: make([]netcode.Seat[Keys], len(moves))}
	for i, move := range moves {
		in.Seats[i] = netcode.Seat[Keys]{Move: move, Status: netcode.Playing}
	}
	return in
}

// bots is the input of a match that nobody plays.
var bots = netcode.Input[Keys]{Seats: make([]netcode.Seat[Keys], 4)}

// playOn steps past the countdown.
func playOn(t *testing.T, w *World) {
	t.Helper()
	for range StartFrames {
		w.Step(input(make([]Keys, w.Ships())...))
	}
	if w.Phase() != Play {
		t.Fatalf("phase %s after the countdown", w.Phase())
	}
}

// script is a seeded player of several seats: it holds random keys for random
// times. The input of a frame depends on seed and frame only.
type script struct {
	seed   uint64
	seats  int
	humans bool // nobody ever leaves
	in     netcode.Input[Keys]
}

// at returns the input of a frame; it dies with the next call.
func (s *script) at(frame int) netcode.Input[Keys] {
	if s.in.Seats == nil {
		s.in.Seats = make([]netcode.Seat[Keys], s.seats)
	}
	s.in.Frame = netcode.Frame(frame)
	for i := range s.in.Seats {
		s.in.Seats[i] = s.seat(i, frame)
	}
	return s.in
}

func (s *script) seat(i, frame int) netcode.Seat[Keys] {
	draw := func(every int, what uint64) uint64 {
		return fixp.Mix(s.seed ^ fixp.Mix(uint64((frame+i*5)/every)<<16|uint64(i)<<8|what))
	}
	seat := netcode.Seat[Keys]{Status: netcode.Playing}
	if away := draw(200, 1); !s.humans && away%4 == 0 {
		seat.Status = netcode.Status(away >> 8 % 4)
	}
	if order := draw(1, 2); order%50 == 0 {
		valid := EmoteOrder(1 + int(order>>8%Emotes))
		seat.Orders = [][]byte{valid, nil, {1}, {1, 0}, {1, Emotes + 1}, {2, 1}, {1, 1, 1}}
	}
	if seat.Status == netcode.Playing {
		held := draw(12, 3)
		seat.Move = Keys{
			Up: held&3 == 0, Down: held>>2&3 == 0, Left: held>>4&3 < 2, Right: held>>6&3 < 2,
			Dash: held>>8&3 == 0, Ready: held>>10&7 == 0,
		}
	}
	return seat
}
