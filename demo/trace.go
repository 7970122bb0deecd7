//go:build !js

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tuttiplay/tutti/netcode"
)

// tracer writes one line of JSON per second of play, while nothing is played one
// per second, and one when there is something new to tell or in the talk.
type tracer struct {
	out    *bufio.Writer
	closer io.Closer
	match  string
	next   netcode.Frame // of the match, when a line is due
	at     time.Time     // of the last line
	now    facts         // as of the last watch
	chat   int           // how many of each were written
	events int
	hashes int
	late   bool // now was not written yet
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

// watch writes a line when the next second of the match has begun, or on another
// screen than the match's the next second on the wall.
func (t *tracer) watch(f facts) {
	if t.out == nil {
		return
	}
	screen := t.now.Screen
	t.now, t.late = f, true
	if f.Match != t.match {
		t.match, t.next, t.hashes = f.Match, 0, 0
	}
	switch {
	case f.Screen == "match" && f.Match != "" && f.Frame >= t.next:
		t.next = f.Frame - f.Frame%60 + 60
	case len(f.Events) > t.events || len(f.Chat) > t.chat:
	case f.Screen == "match" || f.Screen == screen && time.Since(t.at) < time.Second:
		return
	}
	t.write()
}

// write writes what is new.
func (t *tracer) write() {
	t.at, t.late = time.Now(), false
	f := t.now
	t.chat, t.events, t.hashes = min(t.chat, len(f.Chat)), min(t.events, len(f.Events)), min(t.hashes, len(f.Hashes))
	f.Chat, f.Events, f.Hashes = f.Chat[t.chat:], f.Events[t.events:], f.Hashes[t.hashes:]
	t.chat, t.events, t.hashes = len(t.now.Chat), len(t.now.Events), len(t.now.Hashes)
	line, err := json.Marshal(f)
	if err != nil {
		return // a struct of plain values always has a JSON form
	}
	_, _ = t.out.Write(append(line, '\n')) // a full disk must not end the match
	_ = t.out.Flush()
}

// close writes how it ended.
func (t *tracer) close() {
	if t.out != nil && t.late {
		t.write()
	}
	if t.closer != nil {
		_ = t.closer.Close()
	}
}
