//go:build !js

package main

import (
	"strings"
	"testing"
	"time"
)

// TestMeshTable measures three players for a second: whether the numbers hang
// together, and that the mesh costs no more than we promise beside bare pion in the
// same run, which is three times what it does cost. A busy machine may say so instead.
func TestMeshTable(t *testing.T) {
	table, err := meshRows(quick, meshConfig{players: 3, rate: 60, bytes: 200, slice: time.Second, rounds: 1})
	if err != nil || len(table.Rows) != 2 {
		t.Fatalf("%d rows, %v", len(table.Rows), err)
	}
	for _, r := range table.Rows {
		if r.Refused != "" {
			if !strings.Contains(r.Refused, "the machine is busy") {
				t.Errorf("%s: %s", r.Cells[0].Text, r.Refused)
			}
			continue
		}
		n, cpu, each := at(t, &table, r, "messages"), at(t, &table, r, "cpu"), at(t, &table, r, "each")
		if ratio := at(t, &table, r, "ratio"); ratio > 1.15 {
			t.Errorf("%s costs %.2f times what bare pion does, want at most 1.15", r.Cells[0].Text, ratio)
		}
		if n < 200 || n > 420 || cpu <= 0 || each < 5 || each > 5000 || at(t, &table, r, "ratio") <= 0 {
			t.Errorf("%s: %v messages/s, %v %% CPU, %v µs each", r.Cells[0].Text, n, cpu, each)
		}
	}
}
