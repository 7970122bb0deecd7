//go:build !js

package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

var quick = effort{quick: true, log: io.Discard}

// at returns the number in a row under a key.
func at(t *testing.T, table *Table, r Row, key string) float64 {
	t.Helper()
	i := table.column(key)
	if i < 0 || r.Cells[i].Number == nil {
		t.Fatalf("no number under %q in %v", key, r.Cells)
	}
	return *r.Cells[i].Number
}

// TestTickTable: the premises hold for every row, and nothing allocates.
func TestTickTable(t *testing.T) {
	table, err := tickTable(quick)
	for range 20 { // other programs can make the times absurd, never the counts
		if err != nil || !onlyNoise(&table) {
			break
		}
		var again Table
		again, err = tickTable(quick)
		for i, r := range again.Rows {
			if noisy(table.Rows[i]) {
				table.Rows[i] = r
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 2*3*2 {
		t.Fatalf("%d rows", len(table.Rows))
	}
	for _, r := range table.Rows {
		name := r.Cells[0].Text + ", " + r.Cells[1].Text + " players, " + r.Cells[2].Text
		if r.Refused != "" {
			t.Errorf("%s: %s", name, r.Refused)
			continue
		}
		steps := 1.0
		if r.Cells[2].Text != "plain" {
			steps = depth + 1
		}
		for key, want := range map[string]float64{"allocs": 0, "steps": steps, "datagrams": 60} {
			if got := at(t, &table, r, key); got != want {
				t.Errorf("%s: %s is %v, want %v", name, key, got, want)
			}
		}
		for _, key := range []string{"tick", "ratio", "game_ns", "netcode_ns", "net_ns", "bytes", "size"} {
			if at(t, &table, r, key) <= 0 {
				t.Errorf("%s: %s is %v", name, key, at(t, &table, r, key))
			}
		}
	}
}

// onlyNoise reports whether rows were refused, and all of them for their times.
func onlyNoise(table *Table) bool {
	for _, r := range table.Rows {
		if r.Refused != "" && !noisy(r) {
			return false
		}
	}
	return table.refused() > 0
}

// noisy reports whether a row was refused for its times.
func noisy(r Row) bool { return strings.HasPrefix(r.Refused, "noise") }

// TestTickRefuses: on a path where the premises don't hold there are no numbers.
func TestTickRefuses(t *testing.T) {
	for _, tc := range []struct {
		name            string
		path            weather.Weather
		plain, rollback string // in the refusal
	}{
		{"short path", weather.Weather{Latency: 3 * tickTime}, "", "frames stepped again"},
		{"long path", weather.Weather{Latency: 12 * tickTime}, "", ""},
		{"loss", weather.Weather{Latency: farPath.Latency, Loss: weather.Percent(20)}, "", ""},
		{"cut", weather.Weather{Loss: weather.Whole}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := tickPlan{players: []int{3}, warm: 200, ticks: 200, rounds: 1, path: &tc.path}
			table, err := p.table(quick)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range table.Rows {
				if r.Cells[2].Text == "plain" && tc.name == "short path" {
					continue // it needs no rollback
				}
				if r.Refused == "" || noisy(r) || !strings.Contains(r.Refused, tc.rollback) {
					t.Errorf("%s %s: refused for %q", r.Cells[0].Text, r.Cells[2].Text, r.Refused)
				}
				for _, c := range r.Cells {
					if c.Number != nil {
						t.Errorf("%s %s: it shows %v all the same", r.Cells[0].Text, r.Cells[2].Text, *c.Number)
					}
				}
			}
		})
	}
}

// TestLeastKeepsTheBestOfEachChunk whichever round it comes in.
func TestLeastKeepsTheBestOfEachChunk(t *testing.T) {
	var l least
	slow := 0 // the chunk in which a round is slow
	chunks := 0
	for round := range 2 {
		slow, chunks = round, 0
		l.measure(2*chunk, func(ticks int) {
			if ticks != chunk {
				t.Errorf("%d ticks in a chunk", ticks)
			}
			if chunks == slow {
				for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
				}
			}
			chunks++
		})
	}
	if got := l.per(1); got >= 20e6 {
		t.Errorf("%v ns: a disturbed chunk was kept", got)
	}
}
