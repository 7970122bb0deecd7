//go:build !js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// report is the one line that -headless prints at the end.
type report struct {
	Frames    netcode.Frame `json:"frames"`
	Confirmed netcode.Frame `json:"confirmed"`
	Settled   netcode.Frame `json:"settled"`
	HashFrame netcode.Frame `json:"hash_frame"`
	Hash      string        `json:"hash"` // of the state before hash_frame, 16 hex digits
	Rollbacks int           `json:"rollbacks"`
	Stalls    int64         `json:"stalls"`
	BytesIn   int64         `json:"bytes_in"`
	BytesOut  int64         `json:"bytes_out"`
	Score     [2]int        `json:"score"`
	Seat      int           `json:"seat"`
	Error     string        `json:"error"` // "" is none
}

// errStopped ends a headless match before its time.
var errStopped = errors.New("stopped by Ctrl-C or a signal")

// beat is how often a headless player calls Tick: often enough that no frame is
// late, seldom enough to cost nothing.
const beat = 5 * time.Millisecond

// playHeadless lets a bot play the own seat in real time, without a screen, until
// the given number of frames (0: the end of the match) or the end of ctx, then
// prints a report on out.
func playHeadless(ctx context.Context, o options, out io.Writer) error {
	m, err := o.rules.solo()
	if err != nil {
		return err
	}
	t, err := newTracer(o.trace)
	if err != nil {
		return err
	}
	defer t.close()
	var w sim.World
	sess := begin(&w, m)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	done := func() bool {
		if o.frames > 0 {
			return sess.Stats().Frame >= netcode.Frame(o.frames)
		}
		return w.Phase() == sim.Result || w.Round() > 0
	}
	for err == nil && !done() {
		select {
		case <-ctx.Done():
			err = errStopped
		case <-ticker.C:
			err = sess.Tick(sim.Bot(&w, mySeat))
			t.watch(&w, sess.Stats())
		}
	}
	st := sess.Stats()
	if closed := sess.Close(); err == nil {
		err = closed
	}
	r := report{
		Frames: st.Frame, Confirmed: st.Confirmed, Settled: st.Settled,
		HashFrame: st.HashFrame, Hash: fmt.Sprintf("%016x", st.Hash),
		Rollbacks: st.Rollbacks, Stalls: st.StalledTicks, BytesIn: st.BytesIn, BytesOut: st.BytesOut,
		Score: w.Score(), Seat: mySeat,
	}
	if err != nil {
		r.Error = err.Error()
	}
	line, jsonErr := json.Marshal(r)
	if jsonErr != nil {
		return jsonErr
	}
	if _, writeErr := fmt.Fprintf(out, "%s\n", line); writeErr != nil {
		return writeErr
	}
	return err
}
