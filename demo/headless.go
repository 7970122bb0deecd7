//go:build !js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tuttiplay/tutti/demo/party"
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
	Room      string        `json:"room,omitempty"` // its code
	Players   int           `json:"players"`        // who began the match
	Error     string        `json:"error"`          // "" is none
}

// errStopped ends a headless match before its time.
var errStopped = errors.New("stopped by Ctrl-C or a signal")

// errNoMatch ends a headless player whose match was over before it was to be.
var errNoMatch = errors.New("the match is over for the room")

// beat is how often a headless player calls Tick: often enough that no frame is
// late, seldom enough to cost nothing.
const beat = 5 * time.Millisecond

// headless is a bot that plays where nobody looks.
type headless struct {
	watcher
	party *party.Party // nil alone
	alone *party.Match // nil with others
	stats netcode.Stats
	trace *tracer
}

// playHeadless lets a bot play the own seat in real time, without a screen, until
// the given number of frames (0: the end of the match) or the end of ctx, then
// prints a report on out. With others it waits for them in the room.
func playHeadless(ctx context.Context, o options, out io.Writer) error {
	t, err := newTracer(o.trace)
	if err != nil {
		return err
	}
	defer t.close()
	h := &headless{trace: t}
	if o.with.wanted() {
		o.with.ready = true
		stop, err := o.with.find()
		if err != nil {
			return err
		}
		defer stop()
		h.party = party.Join(o.with.config())
		defer h.party.Close()
	} else if h.alone, err = o.rules.solo(); err != nil {
		return err
	}
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for err == nil && !h.done(o.frames) {
		select {
		case <-ctx.Done():
			err = errStopped
		case <-ticker.C:
			err = h.step()
		}
	}
	return h.report(out, err)
}

// playing returns the match that runs, nil if none does.
func (h *headless) playing() *party.Match {
	if h.party != nil {
		return h.party.Playing()
	}
	return h.alone
}

// step moves everything on by one beat.
func (h *headless) step() error {
	var k sim.Keys
	if m := h.playing(); m != nil {
		k = sim.Bot(m.World, max(m.Seat(), 0))
	}
	if h.party == nil {
		if err := h.alone.Tick(k); err != nil {
			return err
		}
	} else {
		h.party.Update(k)
		for _, n := range h.party.News() {
			h.tell(n.Text)
		}
	}
	h.look(h.playing(), h.party)
	h.trace.watch(h.facts)
	if m := h.playing(); m != nil {
		h.stats = m.Stats()
	} else if h.match != nil {
		return errNoMatch
	}
	if h.Error != "" {
		return errors.New(h.Error)
	}
	return nil
}

// done reports whether it has played enough: so many confirmed frames, or to the
// result.
func (h *headless) done(frames int) bool {
	m := h.playing()
	switch {
	case m == nil:
		return false
	case frames > 0:
		return h.stats.Confirmed >= netcode.Frame(frames)
	}
	return m.World.Phase() == sim.Result || m.World.Round() > 0
}

// report prints how it went, and returns the error that it ended with.
func (h *headless) report(out io.Writer, err error) error {
	if h.alone != nil {
		if closed := h.alone.Close(); err == nil {
			err = closed
		}
	}
	st := h.stats
	r := report{
		Frames: st.Frame, Confirmed: st.Confirmed, Settled: st.Settled,
		HashFrame: st.HashFrame, Hash: fmt.Sprintf("%016x", st.Hash),
		Rollbacks: st.Rollbacks, Stalls: st.StalledTicks, BytesIn: st.BytesIn, BytesOut: st.BytesOut,
		Score: h.Score, Seat: h.Seat, Room: h.Room, Players: st.Peers + 1,
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
