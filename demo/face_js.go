package main

import (
	"fmt"
	"syscall/js"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// face is what the game shows of itself to the page around it: the global object
// tutti, with frame, confirmed, settled, phase, score, ship {x, y, charge}, hash,
// hashFrame and, if the game had to stop, error.
type face struct {
	tutti, ship, score js.Value
	last               netcode.Frame
}

func newFace() *face {
	object := js.Global().Get("Object")
	f := &face{tutti: object.New(), ship: object.New(), score: js.Global().Get("Array").New(0, 0), last: -1}
	f.tutti.Set("frame", 0)
	f.tutti.Set("ship", f.ship)
	f.tutti.Set("score", f.score)
	js.Global().Set("tutti", f.tutti)
	return f
}

// watch updates the object after an Update that stepped.
func (f *face) watch(w *sim.World, st netcode.Stats) {
	if st.Frame == f.last {
		return
	}
	f.last = st.Frame
	ship, score := w.Ship(mySeat), w.Score()
	f.ship.Set("x", ship.Pos.X.Float64())
	f.ship.Set("y", ship.Pos.Y.Float64())
	f.ship.Set("charge", ship.Charge.Float64())
	f.score.SetIndex(0, score[0])
	f.score.SetIndex(1, score[1])
	f.tutti.Set("phase", w.Phase().String())
	f.tutti.Set("confirmed", int(st.Confirmed))
	f.tutti.Set("settled", int(st.Settled))
	f.tutti.Set("hash", fmt.Sprintf("%016x", st.Hash))
	f.tutti.Set("hashFrame", int(st.HashFrame))
	f.tutti.Set("frame", int(st.Frame)) // last: whoever sees it sees the rest of that frame
}

// fail leaves the reason why the game stopped for the page to show.
func (f *face) fail(err error) { f.tutti.Set("error", err.Error()) }
