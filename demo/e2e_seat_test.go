//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
)

// A player is a program that takes part in a match, as its own trace tells of it.
type player struct {
	*process
	t    *testing.T
	name string
	in   io.WriteCloser // of the page's driver, nil for others

	mu       sync.Mutex
	facts    // the newest; chat and events of all lines, hashes of the match
	samples  []sample
	pictures []string
	pairs    []pair
	strange  []string // lines that are no trace
}

// sample is where things were when a line of the trace came.
type sample struct {
	at    time.Time
	frame netcode.Frame
	ship  point
	puck  point
}

// pair is between which addresses a connection of the page goes, as the browser
// counts it.
type pair struct {
	Local, Remote, Protocol, Address string
	Bytes                            int64
}

// enter starts cmd, which writes a trace on its standard output.
func enter(t *testing.T, name string, cmd *exec.Cmd) *player {
	t.Helper()
	dies(cmd)
	return follow(&player{process: startBy(t, cmd, startPreferred), t: t, name: name})
}

// follow reads the trace of p until it ends.
func follow(p *player) *player {
	read := make(chan struct{})
	go func() {
		defer close(read)
		for line := range p.lines {
			p.take(line)
		}
	}()
	p.t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // an error says that it has ended already
		<-read
	})
	return p
}

// dies makes the kernel end a program with the test, should nobody else.
func dies(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

func (p *player) take(line string) {
	now := struct {
		facts
		Picture string
		Pairs   []pair
	}{}
	err := json.Unmarshal([]byte(line), &now)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil && now.Screen != "":
		old := p.facts
		p.facts = now.facts
		p.Chat, p.Events = slices.Concat(old.Chat, now.Chat), slices.Concat(old.Events, now.Events)
		if now.Match == old.Match {
			p.Hashes = slices.Concat(old.Hashes, now.Hashes)
		} else {
			p.samples = nil
		}
		if now.Screen == "match" {
			p.samples = append(p.samples, sample{time.Now(), now.Frame, point{now.X, now.Y}, now.Puck})
		}
	case err == nil && now.Picture != "":
		p.pictures = append(p.pictures, now.Picture)
	case err == nil && now.Pairs != nil:
		p.pairs = now.Pairs
	default:
		p.strange = append(p.strange, line)
	}
}

// now returns what the player knew last. Its slices are for reading.
func (p *player) now() facts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.facts
}

// told reports whether the player was told a sentence with these words.
func (p *player) told(words string) bool {
	return slices.ContainsFunc(p.now().Events, func(e string) bool { return strings.Contains(e, words) })
}

// heard reports whether the player sees this line of that author.
func (p *player) heard(name, text string) bool {
	return slices.Contains(p.now().Chat, lineFact{name, text})
}

// order gives the page's driver a command.
func (p *player) order(format string, args ...any) {
	p.t.Helper()
	if _, err := fmt.Fprintf(p.in, format+"\n", args...); err != nil {
		p.t.Fatalf("%s takes no commands: %v\n%s", p.name, err, p.last())
	}
}

// last tells how a player is, for a person who wonders why a test failed.
func (p *player) last() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.facts
	hashes := len(f.Hashes)
	f.Hashes = nil
	text, _ := json.Marshal(f) // plain values
	text = fmt.Appendf(nil, "%s: %d hashes, %s", p.name, hashes, text)
	for _, line := range p.strange {
		text = fmt.Appendf(text, "\n  said %s", line)
	}
	select {
	case <-p.ended:
		text = fmt.Appendf(text, "\n  ended with %v\n%s", p.err, &p.errors)
	default:
	}
	return string(text)
}

// all waits until ok says yes for each of the players. None may end before.
func all(t *testing.T, what string, limit time.Duration, players []*player, ok func(p *player) bool) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		why := ""
		waits := slices.ContainsFunc(players, func(p *player) bool { return !ok(p) })
		if !waits {
			return
		}
		for _, p := range players {
			select {
			case <-p.ended:
				why = p.name + " has ended"
			default:
			}
			if e := p.now().Error; e != "" {
				why = fmt.Sprintf("%s is told: %s", p.name, e)
			}
		}
		select {
		case <-deadline.C:
			why = fmt.Sprintf("after %v", limit)
		case <-tick.C:
		}
		if why == "" {
			continue
		}
		for _, p := range players {
			t.Logf("%t: %s", ok(p), p.last())
		}
		t.Fatalf("no %s: %s", what, why)
	}
}
