//go:build !js

// Package connect measures how long two players on one machine take to link
// over the mesh, and over pion as it comes.
package connect

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// The defaults of a zero [Config].
const (
	DefaultTimes = 1000
	DefaultWait  = 10 * time.Second
)

// Config says what to measure. The zero value is the table of the README.
type Config struct {
	// Times is how many connections each stack makes, one after the other; the
	// stacks take turns. 0 is [DefaultTimes].
	Times int
	// Wait is how long one may take before it counts as hanging; 0 is
	// [DefaultWait].
	Wait time.Duration
}

// Row is what was measured with one stack.
type Row struct {
	Stack string
	Took  []time.Duration // ascending; without those that hang
	Hung  int
}

// At returns the duration that a share of the connections, 0 to 1, stayed
// within; 0 if there are none.
func (r Row) At(share float64) time.Duration {
	if len(r.Took) == 0 {
		return 0
	}
	return r.Took[min(int(share*float64(len(r.Took))), len(r.Took)-1)]
}

// Measure makes the connections: from two programs that know of each other to
// both being able to send. It blocks until all are made or ctx ends. Connections
// that hang are counted; any other error ends it.
func Measure(ctx context.Context, cfg Config) ([]Row, error) {
	if cfg.Times == 0 {
		cfg.Times = DefaultTimes
	}
	if cfg.Wait == 0 {
		cfg.Wait = DefaultWait
	}
	stacks := []struct {
		name string
		link func(ctx context.Context) (time.Duration, error)
	}{{"tutti mesh", linkMeshes}, {"pion's default", linkPion}}
	rows := make([]Row, len(stacks))
	for i := range cfg.Times {
		for k, s := range stacks {
			rows[k].Stack = s.name
			one, cancel := context.WithTimeout(ctx, cfg.Wait)
			took, err := s.link(one)
			hung := one.Err() != nil
			cancel()
			switch {
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case hung:
				rows[k].Hung++
			case err != nil:
				return nil, fmt.Errorf("connect: %s, connection %d of %d: %w", s.name, i+1, cfg.Times, err)
			default:
				rows[k].Took = append(rows[k].Took, took)
			}
		}
	}
	for _, r := range rows {
		slices.Sort(r.Took)
	}
	return rows, nil
}

// Print writes rows as a table.
func Print(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "stack\tconnects\thung\tp50\tp95\tmax\t")
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\t%s\t\n", r.Stack, len(r.Took)+r.Hung, r.Hung, ms(r.At(0.5)), ms(r.At(0.95)), ms(r.At(1)))
	}
	return t.Flush()
}
