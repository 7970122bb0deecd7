//go:build !js

package connect

import (
	"context"
	"flag"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var times = flag.Int("connects", 30, "connections per stack")

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// TestNoConnectHangs makes -connects=30 connections per stack.
func TestNoConnectHangs(t *testing.T) {
	rows, err := Measure(t.Context(), Config{Times: *times})
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := Print(&table, rows); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
	if len(rows) != 2 {
		t.Fatalf("%d rows", len(rows))
	}
	if mine := rows[0]; mine.Hung != 0 || len(mine.Took) != *times {
		t.Errorf("of %d connections %d hung", len(mine.Took)+mine.Hung, mine.Hung)
	}
	if other := rows[1]; len(other.Took) == 0 {
		t.Error("nothing to compare with: pion made no connection")
	}
}

func TestHangIsCounted(t *testing.T) {
	rows, err := Measure(t.Context(), Config{Times: 2, Wait: time.Nanosecond})
	if err != nil || len(rows) != 2 || rows[0].Hung != 2 || rows[1].Hung != 2 || rows[0].At(0.5) != 0 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestMeasureStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Measure(ctx, Config{Times: 2}); err == nil {
		t.Error("goes on after the context ended")
	}
}

func TestShares(t *testing.T) {
	var r Row
	for i := range 100 {
		r.Took = append(r.Took, time.Duration(i+1))
	}
	if r.At(0.5) != 51 || r.At(0.95) != 96 || r.At(1) != 100 || r.At(0) != 1 {
		t.Errorf("%v %v %v %v", r.At(0), r.At(0.5), r.At(0.95), r.At(1))
	}
}
