package stage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tuttiplay/tutti/demo/ink"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
)

// Detail says how much of the session's numbers is shown.
type Detail uint8

// The details, in the order in which [Detail.Next] goes through them.
const (
	Line Detail = iota // one small line in the corner
	Full               // a panel
	None
	details
)

// Next returns the detail after d.
func (d Detail) Next() Detail { return (d + 1) % details }

// meter measures bytes per second.
type meter struct {
	since time.Duration
	bytes int64
	rate  int64
}

// pass takes in the sum of bytes after dt.
func (m *meter) pass(total int64, dt time.Duration) {
	if m.since += dt; m.since < time.Second {
		return
	}
	m.rate = int64(float64(total-m.bytes) / m.since.Seconds())
	m.since, m.bytes = 0, total
}

// drawNumbers writes what the session tells of itself.
func drawNumbers(s *ink.Sheet, d Detail, w *sim.World, st netcode.Stats, rate int64, fps float64, touch bool) {
	p := ink.Pen{Color: dim}
	switch d {
	case Line:
		text := fmt.Sprintf("%d BODIES · %d B STATE · %d B/S · FRAME %d · %s", w.Bodies(), w.StateSize(), rate, st.Confirmed, hashText(st))
		s.Text(-viewWidth/2+4, smallLine, 2.9, ink.Left, text, p)
		if !touch {
			s.Text(viewWidth/2-4, smallLine, 2.9, ink.Right, "F3", p)
		}
	case Full:
		rows := [][2]string{
			{"PHASE", st.Phase.String()},
			{"FRAME", strconv.Itoa(int(st.Frame))},
			{"CONFIRMED", strconv.Itoa(int(st.Confirmed))},
			{"SETTLED", strconv.Itoa(int(st.Settled))},
			{"HASH", hashText(st)},
			{"CHECKS", strconv.Itoa(st.Checks)},
			{"DELAY / WINDOW", fmt.Sprintf("%d / %d", st.InputDelayFrames, st.MaxRollbackFrames)},
			{"ROLLBACKS", fmt.Sprintf("%d (%d frames, deepest %d)", st.Rollbacks, st.RolledBackFrames, st.DeepestRollback)},
			{"STALLS", strconv.FormatInt(st.StalledTicks, 10)},
			{"OUT / IN", fmt.Sprintf("%d / %d B", st.BytesOut, st.BytesIn)},
			{"RATE", fmt.Sprintf("%d B/S", rate)},
			{"STATE", fmt.Sprintf("%d B, %d bodies", w.StateSize(), w.Bodies())},
			{"PICTURES", fmt.Sprintf("%.0f/S", fps)},
		}
		const size, step = 3.2, 5.6
		x, y := float32(-58), float32(-36)
		s.Fill([]float32{x - 4, y - 8, x + 120, y - 8, x + 120, y + step*float32(len(rows)) - 2, x - 4, y + step*float32(len(rows)) - 2}, night.Fade(0.82))
		for _, row := range rows {
			s.Text(x, y, size, ink.Left, row[0], p)
			s.Text(x+42, y, size, ink.Left, row[1], ink.Pen{Color: snow})
			y += step
		}
	}
}

// hashText writes the newest hash and its frame.
func hashText(st netcode.Stats) string {
	if !st.Checked || st.HashFrame == 0 {
		return "NO HASH YET"
	}
	return fmt.Sprintf("#%016X @ %d", st.Hash, st.HashFrame)
}
