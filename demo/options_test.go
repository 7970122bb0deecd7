//go:build !js

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// noEnv is an environment without variables.
func noEnv(string) string { return "" }

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		args string
		says string // "" is accepted
	}{
		{"", ""},
		{"-bots 7 -seed 1 -size 640x360", ""},
		{"-headless -frames 60", ""},
		{"-bots 4", "3, 5 or 7"},
		{"-bots 9", "3, 5 or 7"},
		{"-size 10x10", "at least 320x180"},
		{"-size wide", "1280x720"},
		{"-frames 60", "goes with -headless"},
		{"-headless -frames -1", "positive"},
		{"-headless -page", "exclude"},
		{"page", "flags begin with -"},
		{"http://127.0.0.1:7420/r/ABC234#by=AgDg4n", ""},
		{"-headless -frames 60 http://127.0.0.1:7420/r/ABC234", ""},
		{"http://127.0.0.1:7420/r/ABC234 -headless", "flags begin with -"},
		{"-room ABC234 http://127.0.0.1:7420/r/ABC234", "two rooms"},
		{"-host http://127.0.0.1:7420/r/ABC234", "choose one"},
		{"-nonsense", "not defined"},
	} {
		var out bytes.Buffer
		_, err := parseOptions(strings.Fields(c.args), noEnv, &out)
		if (err == nil) != (c.says == "") || !strings.Contains(out.String(), c.says) {
			t.Errorf("%q: %v, says %q; want %q", c.args, err, &out, c.says)
		}
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	if _, err := parseOptions([]string{"-help"}, noEnv, &out); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v", err)
	}
	for _, want := range []string{"WASD", "space", "rematch", "-headless", "-size"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help does not tell of %s", want)
		}
	}
}

func TestHeadlessReports(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "trace")
	var out, errOut bytes.Buffer
	if code := run([]string{"-headless", "-frames", "130", "-seed", "5", "-trace", trace}, &out, &errOut); code != 0 {
		t.Fatalf("exit code %d: %s", code, &errOut)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%q is not one line of JSON: %v", &out, err)
	}
	if r.Frames < 130 || r.Confirmed != r.Frames || r.HashFrame < 60 || len(r.Hash) != 16 || r.Error != "" {
		t.Errorf("a strange report: %+v", r)
	}
	lines, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(lines), "\n"); n != 4 { // frames 0, 60, 120 and the end
		t.Errorf("the trace has %d lines; want 4:\n%s", n, lines)
	}
}

func TestHeadlessReportsWhenStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	err := playHeadless(ctx, options{rules: defaultRules()}, &out)
	if !errors.Is(err, errStopped) || !strings.Contains(out.String(), errStopped.Error()) {
		t.Errorf("stopped at once: %v, %q", err, &out)
	}
}
