package greet

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"
)

// Validate reports what would make every receiver refuse h: [ErrBuild], or nil.
func (h Hello) Validate() error {
	if h.Build == "" || len(h.Build) > MaxBuild || !utf8.ValidString(h.Build) ||
		len(h.GoArch) > MaxArch || !utf8.ValidString(h.GoArch) {
		return ErrBuild
	}
	return nil
}

// Differs returns the Refuse that h's sender owes the sender of theirs: the
// first field in which they cannot play together, in the order of [Hello], and
// both values as text. ok is false if they can.
func (h Hello) Differs(theirs Hello) (r Refuse, ok bool) {
	for _, f := range []struct {
		name         string
		ours, theirs any
	}{
		{"build", h.Build, theirs.Build},
		{"schema_hash", hex(h.SchemaHash), hex(theirs.SchemaHash)},
		{"tick_rate", h.TickRate, theirs.TickRate},
		{"check_interval", h.CheckInterval, theirs.CheckInterval},
		{"drop_after_ms", millis(h.DropAfter), millis(theirs.DropAfter)},
		{"max_input_delay", h.MaxInputDelay, theirs.MaxInputDelay},
		{"max_rollback", h.MaxRollback, theirs.MaxRollback},
		{"float_mode", h.FloatMode, theirs.FloatMode},
		{"grace_ms", millis(h.Grace), millis(theirs.Grace)},
		{"when_away", h.WhenAway, theirs.WhenAway},
		{"when_alone", h.WhenAlone, theirs.WhenAlone},
		{"signs", h.Signs, theirs.Signs},
	} {
		if f.ours != f.theirs {
			return Refuse{Field: f.name, Ours: fmt.Sprint(f.ours), Theirs: fmt.Sprint(f.theirs)}, true
		}
	}
	return Refuse{}, false
}

func hex(v uint64) string { return fmt.Sprintf("%016x", v) }

// millis is d in whole milliseconds, kept within what travels.
func millis(d time.Duration) uint32 {
	return uint32(min(max(d.Milliseconds(), 0), math.MaxUint32))
}
