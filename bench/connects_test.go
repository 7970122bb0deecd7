//go:build !js

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/bench/connect"
)

func TestConnectTable(t *testing.T) {
	table, err := connectRows(quick, connect.Config{Times: 10})
	if err != nil || len(table.Rows) != 2 {
		t.Fatalf("%d rows, %v", len(table.Rows), err)
	}
	for _, r := range table.Rows {
		if r.Refused != "" {
			t.Errorf("%s: %s", r.Cells[1].Text, r.Refused)
			continue
		}
		p50, p95, longest := at(t, &table, r, "p50"), at(t, &table, r, "p95"), at(t, &table, r, "max")
		if n := r.Cells[0].Text; n != "10" || p50 <= 0 || p95 < p50 || longest < p95 || at(t, &table, r, "ratio") <= 0 {
			t.Errorf("%s: %s connects, p50 %v, p95 %v, max %v", r.Cells[1].Text, n, p50, p95, longest)
		}
	}
}

// TestConnectRefuses when connections hang: here all do.
func TestConnectRefuses(t *testing.T) {
	table, err := connectRows(quick, connect.Config{Times: 2, Wait: time.Nanosecond})
	if err != nil || len(table.Rows) != 2 {
		t.Fatalf("%d rows, %v", len(table.Rows), err)
	}
	for _, r := range table.Rows {
		if !strings.Contains(r.Refused, "2 of 2 connections hung") {
			t.Errorf("%s: refused for %q", r.Cells[1].Text, r.Refused)
		}
	}
}
