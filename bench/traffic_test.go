package main

import (
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestTrafficTable: the premises hold, and the same run gives the same figures.
func TestTrafficTable(t *testing.T) {
	e := effort{log: io.Discard}
	table, err := trafficRows(e, []int{2, 4}, 20, usualPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows {
		if r.Refused != "" {
			t.Errorf("%s, %s players, %s: %s", r.Cells[0].Text, r.Cells[1].Text, r.Cells[2].Text, r.Refused)
		}
	}
	again, err := trafficRows(e, []int{2, 4}, 20, usualPath)
	if err != nil || !reflect.DeepEqual(table.Rows, again.Rows) {
		t.Errorf("a second run gives other figures (%v):\n%+v\n%+v", err, table.Rows, again.Rows)
	}
}

// TestTrafficRefuses a match in other weather than it says.
func TestTrafficRefuses(t *testing.T) {
	for _, path := range []weather.Weather{
		{Latency: 50 * time.Millisecond},
		{Latency: 50 * time.Millisecond, Loss: weather.Percent(5)},
		{Latency: 50 * time.Millisecond, Loss: weather.Whole},
	} {
		table, err := trafficRows(effort{log: io.Discard}, []int{2}, 5, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range table.Rows {
			// With all lost the players drop each other before anything counts.
			if r.Refused == "" || path.Loss < weather.Whole && !strings.Contains(r.Refused, "lost") {
				t.Errorf("loss %v: refused for %q", path.Loss, r.Refused)
			}
		}
	}
}
