package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files again")

// sampleReport has everything that a renderer must cope with.
func sampleReport() *Report {
	t := Table{
		Name: "sample", Title: "what a <sample> looks like",
		Columns: []Column{
			{Key: "game", Name: "game", Label: true},
			{Key: "players", Name: "players", Label: true},
			{Key: "mode", Name: "mode", Label: true},
			{Key: "tick", Name: "tick", Unit: "ns"},
			{Key: "ratio", Name: "to plain", Unit: "×", Digits: 1},
			{Key: "rate", Name: "per link", Unit: "datagrams/s", Digits: 2},
		},
		Charts: []Chart{{Title: "Cost", Value: "tick", Panel: "game", Group: "players", Series: "mode"}},
		Notes: []string{
			"One short note.",
			"A note that is longer than a line of a terminal: it goes on and on, and it is broken between words, never within one.",
		},
	}
	t.add(label("minimal"), label("2"), label("plain"), number(987), number(1), number(60))
	t.add(label("minimal"), label("2"), label("rollback 8"), number(1234567), number(1250.84), number(59.994))
	t.refuse([]Cell{label("minimal"), label("8"), label("plain")}, errors.New("player 3 had 0 rollbacks in 300 ticks, not 300"))
	t.add(label("Größe"), label("2"), label("plain"), number(-4321.4), label("–"), number(0))
	return &Report{
		Command: "go run ./bench -only sample",
		Machine: Machine{CPU: "Some CPU", Cores: 2, OS: "linux", Arch: "amd64", Go: "go1.26"},
		Tables:  []Table{t},
	}
}

// TestGolden compares what the renderers make of one report with testdata; -update
// rewrites it.
func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *Report) error{
		"report.txt": writeText, "report.json": writeJSON, "report.html": writeHTML,
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got, sampleReport()); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != strings.ReplaceAll(string(want), "\r\n", "\n") {
				t.Errorf("it is now:\n%s", got.String())
			}
		})
	}
}

// TestPageNeedsNothing: the page loads nothing from anywhere, and runs nothing.
func TestPageNeedsNothing(t *testing.T) {
	var page bytes.Buffer
	if err := writeHTML(&page, sampleReport()); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"http:", "https:", "src=", "<link", "<script", "@import", "url("} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("there is %q in it", bad)
		}
	}
}

func TestRun(t *testing.T) {
	defer func(all []bench) { benches = all }(benches)
	benches = []bench{
		{"unwanted", func(effort) (Table, error) { return Table{}, errors.New("nobody asked for it") }},
		{"traffic", func(e effort) (Table, error) { return trafficRows(e, []int{2}, 20, usualPath) }},
	}
	dir := t.TempDir()
	jsonFile, htmlFile := filepath.Join(dir, "r.json"), filepath.Join(dir, "r.html")
	var out bytes.Buffer
	if err := run([]string{"-only", "traffic", "-quick", "-json", jsonFile, "-html=" + htmlFile}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(out.String(), "\n")
	if head != "$ go run ./bench -only traffic -quick" {
		t.Errorf("the first line is %q", head)
	}
	text, err := os.ReadFile(jsonFile)
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil || len(r.Tables) != 1 || r.Tables[0].Name != "traffic" || r.Machine.Cores == 0 {
		t.Errorf("the JSON says %+v, %v", r, err)
	}
	if page, err := os.ReadFile(htmlFile); err != nil || !bytes.Contains(page, []byte(`id="traffic"`)) {
		t.Errorf("the page has %d bytes, %v", len(page), err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, args := range [][]string{{"-only", "nothing"}, {"-nothing"}, {"tick"}, {"-only", "traffic", "-quick", "-json", "no/such/folder/x"}} {
		if err := run(args, io.Discard, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

// TestRunFailsWhenARowIsRefused, after it has printed the table.
func TestRunFailsWhenARowIsRefused(t *testing.T) {
	defer func(all []bench) { benches = all }(benches)
	benches = []bench{{"sample", func(effort) (Table, error) { return sampleReport().Tables[0], nil }}}
	var out bytes.Buffer
	if err := run(nil, &out, io.Discard); !errors.Is(err, errRefused) || !strings.Contains(out.String(), "refused: player 3") {
		t.Errorf("%v, and it prints:\n%s", err, out.String())
	}
}
