//go:build linux

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestDuo opens two windows of one player on one machine: two keys, one room,
// nobody is put out, and both play the same match.
func TestDuo(t *testing.T) {
	xdotool := tool(t, "xdotool")
	display, frameBuffer := startDisplay(t)
	exe := buildDemo(t)
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(exe, "-duo", "-name", "Ann", "-trace", trace)
	cmd.Env = append(alone(t), "DISPLAY="+display)
	p := start(t, cmd)
	far := func(f *facts) bool { return len(f.Hashes) >= 5 }
	a := awaitTrace(t, p, trace, "frame 300", far)
	b := awaitTrace(t, p, trace+".2", "frame 300 in the second window", far)
	wantSame(t, a, b, 300)
	if a.Seat == b.Seat || a.Room != b.Room || len(a.Members) != 2 || len(b.Members) != 2 {
		t.Errorf("seats %d and %d in rooms %s and %s; %+v, %+v", a.Seat, b.Seat, a.Room, b.Room, a.Members, b.Members)
	}
	for _, f := range []*facts{a, b} {
		for _, m := range f.Members {
			if !m.Self && m.Path != "direct" {
				t.Errorf("the other window is linked by %q", m.Path)
			}
		}
		if f.Error != "" {
			t.Errorf("a window says %s", f.Error)
		}
	}
	save(t, readXWD(t, frameBuffer), "duo.png")
	search := exec.Command(xdotool, "search", "--class", "Ricochet")
	search.Env = cmd.Env
	if out, err := search.Output(); err != nil || len(bytes.Fields(out)) < 2 {
		t.Errorf("windows: %q, %v; want two", out, err)
	}

	if err := p.interrupt(10 * time.Second); err != nil {
		t.Errorf("after Ctrl-C it ended with %v\n%s", err, &p.errors)
	}
	if last := readTrace(t, trace+".2"); last.Frame > b.Frame+600 {
		t.Errorf("the second window went on to frame %d", last.Frame)
	}
	search = exec.Command(xdotool, "search", "--class", "Ricochet")
	search.Env = cmd.Env
	if out, _ := search.Output(); len(bytes.Fields(out)) > 0 {
		t.Errorf("windows %q are left", out)
	}
}
