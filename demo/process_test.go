//go:build unix

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A process is a program that a test started; the test ends it, and only it.
type process struct {
	t      *testing.T
	name   string
	cmd    *exec.Cmd
	lines  chan string // of standard output; closed when the program closes it
	errors bytes.Buffer
	ended  chan struct{}
	err    error // how it ended; after ended
}

// start runs cmd and reads its standard output line by line. It is killed when the
// test ends, if it still runs then.
func start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	return startBy(t, cmd, (*exec.Cmd).Start)
}

// startBy is start, by another function than the command's own.
func startBy(t *testing.T, cmd *exec.Cmd, starts func(cmd *exec.Cmd) error) *process {
	t.Helper()
	p := &process{t: t, name: filepath.Base(cmd.Path), cmd: cmd, lines: make(chan string, 1000), ended: make(chan struct{})}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = &p.errors
	cmd.WaitDelay = 5 * time.Second
	if err := starts(cmd); err != nil {
		t.Fatal(err)
	}
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			p.lines <- scan.Text()
		}
		close(p.lines)
		p.err = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // an error says that it has ended already
		for range p.lines {    // let the reader finish
		}
		<-p.ended
	})
	return p
}

// await returns the first line of output that match accepts.
func (p *process) await(what string, limit time.Duration, match func(line string) bool) string {
	p.t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	last := ""
	for {
		select {
		case line, open := <-p.lines:
			if !open {
				<-p.ended
				p.t.Fatalf("%s ended (%v) before %s; last it said %q\n%s", p.name, p.err, what, last, &p.errors)
			}
			if last = line; match(line) {
				return line
			}
		case <-deadline.C:
			p.t.Fatalf("%s: no %s within %v; last it said %q", p.name, what, limit, last)
		}
	}
}

// interrupt sends Ctrl-C and returns how the program ended.
func (p *process) interrupt(limit time.Duration) error {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for open := true; open; {
		select {
		case _, open = <-p.lines:
		case <-deadline.C:
			p.t.Fatalf("%s still runs %v after Ctrl-C", p.name, limit)
		}
	}
	<-p.ended
	return p.err
}

// drained returns a channel that closes when the program has ended; its output is
// dropped.
func (p *process) drained() <-chan struct{} {
	go func() {
		for range p.lines {
		}
	}()
	return p.ended
}

// buildDemo compiles the demo for this machine, without a C compiler.
func buildDemo(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the demo and plays it for a while: not under -short")
	}
	exe := filepath.Join(t.TempDir(), "ricochet")
	cmd := exec.Command(tool(t, "go"), "build", "-o", exe, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return exe
}

// outDir returns the folder for pictures to look at, which git ignores.
func outDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.FromSlash("../out"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// withoutDisplay is this process's environment without any display.
func withoutDisplay() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DISPLAY=") && !strings.HasPrefix(v, "WAYLAND_DISPLAY=") {
			env = append(env, v)
		}
	}
	return env
}
