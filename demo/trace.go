//go:build !js

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// tracePoint is one line of a trace: what the player's machine knew then.
type tracePoint struct {
	Frame     netcode.Frame `json:"frame"`
	Confirmed netcode.Frame `json:"confirmed"`
	Settled   netcode.Frame `json:"settled"`
	HashFrame netcode.Frame `json:"hash_frame"`
	Hash      string        `json:"hash"` // of the state before hash_frame, 16 hex digits
	Phase     string        `json:"phase"`
	Score     [2]int        `json:"score"`
	Seat      int           `json:"seat"`
	X         float64       `json:"x"` // of the own ship, units
	Y         float64       `json:"y"`
	Charge    float64       `json:"charge"` // 0 right after a dash, 1 when the next is possible
}

// tracer writes one line of JSON per second of play.
type tracer struct {
	out    *bufio.Writer
	closer io.Closer
	next   netcode.Frame
}

// newTracer writes to a file, which it replaces; "-" is standard output, "" is
// nothing.
func newTracer(path string) (*tracer, error) {
	switch path {
	case "":
		return &tracer{}, nil
	case "-":
		return &tracer{out: bufio.NewWriter(os.Stdout)}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace: %w", err)
	}
	return &tracer{out: bufio.NewWriter(f), closer: f}, nil
}

// watch writes a line when the next second of the match has begun.
func (t *tracer) watch(w *sim.World, st netcode.Stats) {
	if t.out == nil || st.Phase != netcode.Running || st.Frame < t.next {
		return
	}
	t.next = st.Frame - st.Frame%sim.FrameRate + sim.FrameRate
	ship := w.Ship(mySeat)
	line, err := json.Marshal(tracePoint{
		Frame: st.Frame, Confirmed: st.Confirmed, Settled: st.Settled,
		HashFrame: st.HashFrame, Hash: fmt.Sprintf("%016x", st.Hash),
		Phase: w.Phase().String(), Score: w.Score(), Seat: mySeat,
		X: ship.Pos.X.Float64(), Y: ship.Pos.Y.Float64(), Charge: ship.Charge.Float64(),
	})
	if err != nil {
		return // a struct of plain numbers always has a JSON form
	}
	_, _ = t.out.Write(append(line, '\n')) // a full disk must not end the match
	_ = t.out.Flush()
}

func (t *tracer) close() {
	if t.closer != nil {
		_ = t.closer.Close()
	}
}
