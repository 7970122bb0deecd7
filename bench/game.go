package main

import (
	"encoding/binary"
	"errors"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// title is a game to measure with.
type title[M any] struct {
	name string
	make func() playable[M]
	// move is what a seat holds in a tick: always another than in the tick
	// before, so that the guess of a repeated move is always wrong.
	move func(tick, seat int) M
}

// playable is a game that can roll back.
type playable[M any] interface {
	netcode.Game[M]
	netcode.Saver
	netcode.Hasher
}

// stick is a move of four bytes, as in the numbers that others publish.
type stick struct{ X, Y int16 }

// dots is the least that can be called a game: each seat pushes a dot.
type dots struct {
	seats int
	pos   [peer.MaxSeats][2]int32
	frame netcode.Frame
}

var minimal = title[stick]{
	name: "minimal",
	make: func() playable[stick] { return new(dots) },
	move: func(tick, seat int) stick {
		return stick{X: int16(fixp.Mix(uint64(tick)<<8 | uint64(seat))), Y: int16(tick)}
	},
}

func (d *dots) Start(m peer.Match) { *d = dots{seats: len(m.Seats)} }

func (d *dots) Step(in netcode.Input[stick]) {
	for i := range in.Seats {
		m := in.Seats[i].Move
		d.pos[i][0] += int32(m.X)
		d.pos[i][1] += int32(m.Y)
	}
	d.frame++
}

func (d *dots) Save(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(d.frame))
	for _, p := range d.pos[:d.seats] {
		dst = le.AppendUint32(dst, uint32(p[0]))
		dst = le.AppendUint32(dst, uint32(p[1]))
	}
	return dst
}

func (d *dots) Load(src []byte) error {
	if len(src) != 4+8*d.seats {
		return errors.New("bench: not a state of this game")
	}
	le := binary.LittleEndian
	d.frame = netcode.Frame(le.Uint32(src))
	for i := range d.pos[:d.seats] {
		d.pos[i] = [2]int32{int32(le.Uint32(src[4+8*i:])), int32(le.Uint32(src[8+8*i:]))}
	}
	return nil
}

func (d *dots) Hash() uint64 {
	h := fixp.Mix(uint64(d.frame))
	for _, p := range d.pos[:d.seats] {
		h = fixp.Mix(h ^ uint64(uint32(p[0]))<<32 ^ uint64(uint32(p[1])))
	}
	return h
}

// ricochet is the demo's game. The players tap: thrust in a direction that
// lasts for a while on one frame, none on the next, and dash now and then.
var ricochet = title[sim.Keys]{
	name: "Ricochet",
	make: func() playable[sim.Keys] { return new(sim.World) },
	move: func(tick, seat int) sim.Keys {
		draw := fixp.Mix(uint64(tick/12)<<8 | uint64(seat))
		if tick%2 == 0 {
			return sim.Keys{Dash: draw>>8%4 == 0}
		}
		return sim.Keys{Up: draw%3 == 0, Down: draw%3 == 1, Left: draw>>4%2 == 0, Right: draw>>4%2 == 1}
	},
}
