package main

import (
	"github.com/tuttiplay/tutti/netcode"
)

// replay does to a game what a session asks of it in each tick, without any
// session: one Step, or Load, the frames again, their Saves, and one new Step.
// It steps the same frames with the same moves.
type replay[M any] struct {
	match  *match[M]
	game   playable[M]
	roll   int
	kept   [depth + 1][]byte // states before the newest frames, by frame
	seats  []netcode.Seat[M]
	frame  int
	hashes [4]uint64 // by frame / DefaultCheckInterval
	err    error
}

func newReplay[M any](m *match[M], roll int) *replay[M] {
	r := &replay[M]{match: m, game: m.title.make(), roll: roll, seats: make([]netcode.Seat[M], len(m.ids))}
	r.game.Start(m.start)
	for range roll {
		r.save()
		r.step()
	}
	return r
}

func (r *replay[M]) run(ticks int) {
	for range ticks {
		if r.roll > 0 {
			newest := r.frame
			r.frame -= r.roll
			if err := r.game.Load(r.kept[r.frame%len(r.kept)]); err != nil && r.err == nil {
				r.err = err
			}
			r.step()
			for r.frame < newest {
				r.save()
				r.step()
			}
			r.save()
		}
		r.step()
	}
}

func (r *replay[M]) save() {
	slot := &r.kept[r.frame%len(r.kept)]
	*slot = r.game.Save((*slot)[:0])
}

func (r *replay[M]) step() {
	if r.frame%netcode.DefaultCheckInterval == 0 {
		r.hashes[r.frame/netcode.DefaultCheckInterval%len(r.hashes)] = r.game.Hash()
	}
	tick := r.match.moved(r.frame)
	for i := range r.seats {
		r.seats[i] = netcode.Seat[M]{Move: r.match.title.move(tick, i), Status: netcode.Playing}
	}
	r.game.Step(netcode.Input[M]{Frame: netcode.Frame(r.frame), Seats: r.seats})
	r.frame++
}

// agrees reports whether the game was in this state before this frame, which
// must be a recent one that is hashed.
func (r *replay[M]) agrees(f netcode.Frame, hash uint64) bool {
	i := int(f) / netcode.DefaultCheckInterval
	return r.hashes[i%len(r.hashes)] == hash
}
