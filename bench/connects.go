//go:build !js

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/bench/connect"
)

func connectTable(e effort) (Table, error) {
	cfg := connect.Config{Times: connect.DefaultTimes}
	if e.quick {
		cfg.Times = 50
	}
	return connectRows(e, cfg)
}

func connectRows(e effort, cfg connect.Config) (Table, error) {
	t := Table{
		Title: "from two programs that know of each other to both being able to send",
		Columns: []Column{
			{Key: "connects", Name: "connects", Label: true},
			{Key: "stack", Name: "stack", Label: true},
			{Key: "p50", Name: "p50", Unit: "ms", Digits: 1},
			{Key: "p95", Name: "p95", Unit: "ms", Digits: 1},
			{Key: "max", Name: "max", Unit: "ms", Digits: 1},
			{Key: "ratio", Name: "p50 to pion", Unit: "×", Digits: 2},
		},
		Notes: []string{
			"Both ends are in this process and talk over loopback; offers, answers and addresses cross in memory. The stacks take turns, one connection at a time, and each is closed before the next.",
			"The mesh's time begins before mesh.New makes the connections' key and ends when both ends are Linked: three channels open, the offer and the answer signed and checked, both ends told each other that they are ready. pion's begins before NewPeerConnection and ends when one reliable channel is open at both ends, with all settings as they come.",
			"On loopback nothing is lost and no NAT is between: the waits that the mesh takes out of pion's default (for addresses behind a NAT, for lost handshake packets) cost nothing here. What is seen is that the rest costs little.",
			fmt.Sprintf("A row is refused if a connection hangs, which is to take longer than %v.", waitFor(cfg)),
		},
	}
	fmt.Fprintf(e.log, "connect: %d connections by each stack\n", cfg.Times)
	rows, err := connect.Measure(context.Background(), cfg)
	if err != nil {
		return t, err
	}
	ms := func(d time.Duration) Cell { return number(float64(d) / float64(time.Millisecond)) }
	pion := rows[len(rows)-1]
	for _, r := range rows {
		labels := []Cell{label("%d", len(r.Took)+r.Hung), label("%s", r.Stack)}
		if r.Hung > 0 {
			t.refuse(labels, fmt.Errorf("%d of %d connections hung", r.Hung, cfg.Times))
			continue
		}
		ratio := label("–")
		if pion.Hung == 0 {
			ratio = number(float64(r.At(0.5)) / float64(pion.At(0.5)))
		}
		t.add(append(labels, ms(r.At(0.5)), ms(r.At(0.95)), ms(r.At(1)), ratio)...)
	}
	return t, nil
}

func waitFor(cfg connect.Config) time.Duration {
	if cfg.Wait == 0 {
		return connect.DefaultWait
	}
	return cfg.Wait
}
