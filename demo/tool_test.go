//go:build !js

package main

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// tool returns the path of a program that the test cannot do without, or skips.
func tool(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("needs %s on PATH", strings.Join(names, " or "))
	return ""
}

// testContext ends ten seconds before the test's own deadline, if it has one.
func testContext(t *testing.T) context.Context {
	ctx := t.Context()
	if deadline, ok := t.Deadline(); ok {
		c, cancel := context.WithDeadline(ctx, deadline.Add(-10*time.Second))
		t.Cleanup(cancel)
		ctx = c
	}
	return ctx
}
