//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
)

// read returns all that a trace tells: the newest facts, with everything that its
// lines added. It returns nil while there is none.
func readTrace(t *testing.T, path string) *facts {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		return nil // not begun
	}
	var all *facts
	for line := range strings.Lines(string(data)) {
		if !strings.HasSuffix(line, "\n") {
			break // being written
		}
		var f facts
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("trace line %q: %v", line, err)
		}
		if all != nil {
			f.Chat, f.Events = append(all.Chat, f.Chat...), append(all.Events, f.Events...)
			if f.Match == all.Match {
				f.Hashes = append(all.Hashes, f.Hashes...)
			}
		}
		all = &f
	}
	return all
}

// awaitTrace waits until a trace is as cond wants it.
func awaitTrace(t *testing.T, p *process, path, what string, cond func(f *facts) bool) *facts {
	t.Helper()
	deadline := time.After(60 * time.Second)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		f := readTrace(t, path)
		if f != nil && cond(f) {
			return f
		}
		select {
		case <-again.C:
		case <-p.ended:
			t.Fatalf("%s ended (%v) before %s\n%s", p.name, p.err, what, &p.errors)
		case <-deadline:
			t.Fatalf("no %s within a minute; the trace says %+v", what, f)
		}
	}
}

// wantSame wants the same hashes of the same frames, every 60th of them up to
// last.
func wantSame(t *testing.T, a, b *facts, last netcode.Frame) {
	t.Helper()
	if a.Match != b.Match || a.Match == "" {
		t.Fatalf("they played matches %q and %q", a.Match, b.Match)
	}
	n := int(last / 60)
	if len(a.Hashes) < n || len(b.Hashes) < n {
		t.Fatalf("only %d and %d hashes; want %d", len(a.Hashes), len(b.Hashes), n)
	}
	for i := range min(len(a.Hashes), len(b.Hashes)) {
		if h := a.Hashes[i]; h != b.Hashes[i] || h.Frame != netcode.Frame(60*(i+1)) {
			t.Errorf("hash %d: %+v and %+v", i, h, b.Hashes[i])
		}
	}
}

// alone returns the environment of a machine where nothing else of us runs.
func alone(t *testing.T) []string {
	home := t.TempDir()
	return append(withoutDisplay(), "HOME="+home, "XDG_CONFIG_HOME="+home, "TUTTI_SERVER=", "TUTTI_NAME=")
}

// TestTwoProcesses plays 600 frames over real WebRTC: the first process hosts, the
// second one finds it by the link.
func TestTwoProcesses(t *testing.T) {
	exe := buildDemo(t)
	dir, env := t.TempDir(), alone(t)
	trace := func(name string) string { return filepath.Join(dir, name) }
	run := func(name string, args ...string) *process {
		cmd := exec.Command(exe, append([]string{
			"-headless", "-loopback", "-name", name, "-say", "hello from " + name, "-frames", "600", "-trace", trace(name),
		}, args...)...)
		cmd.Env = env
		return start(t, cmd)
	}
	ann := run("Ann", "-host", "-start", "2")
	room := awaitTrace(t, ann, trace("Ann"), "room", func(f *facts) bool { return f.Link != "" })
	bo := run("Bo", "-room", room.Link)

	for name, p := range map[string]*process{"Ann": ann, "Bo": bo} {
		line := p.await("report", time.Minute, func(line string) bool { return strings.HasPrefix(line, "{") })
		var r report
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s printed %q: %v", name, line, err)
		}
		if r.Confirmed < 600 || r.Players != 2 || r.Error != "" || r.BytesIn == 0 || r.Room == "" {
			t.Errorf("%s reports %+v", name, r)
		}
		<-p.drained()
		if p.err != nil {
			t.Errorf("%s ended with %v\n%s", name, p.err, &p.errors)
		}
	}
	a, b := readTrace(t, trace("Ann")), readTrace(t, trace("Bo"))
	wantSame(t, a, b, 540)
	for _, f := range []*facts{a, b} {
		if len(f.Chat) != 2 || len(f.Members) != 2 && !strings.Contains(strings.Join(f.Events, ";"), "left") {
			t.Errorf("talk %+v among %+v", f.Chat, f.Members)
		}
	}
}

func TestHeadlessWithoutServer(t *testing.T) {
	exe := buildDemo(t)
	cmd := exec.Command(exe, "-headless", "-server", "127.0.0.1:1", "-room", "AB2CD3")
	cmd.Env = alone(t)
	p := start(t, cmd)
	line := p.await("report", time.Minute, func(line string) bool { return strings.HasPrefix(line, "{") })
	if !strings.Contains(line, "no lobby server answers at 127.0.0.1:1") {
		t.Errorf("it reports %s", line)
	}
	<-p.drained()
	if p.err == nil {
		t.Error("it ended as if nothing were wrong")
	}
}
