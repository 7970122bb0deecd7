// Command bench measures Tutti and prints tables that a reader can make again
// with the command in their first line:
//
//	go run ./bench [-only NAME,...] [-quick] [-json FILE] [-html FILE]
//
// A number whose premise did not hold is not printed: its row says what went
// wrong, and the program fails.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// bench makes one table.
type bench struct {
	name string
	run  func(effort) (Table, error)
}

// benches are all tables in the order in which they are printed. A new one is a
// file with its run function and a line here, or in native.go.
var benches = append([]bench{
	{"tick", tickTable},
	{"traffic", trafficTable},
}, native...)

// effort says how long to measure.
type effort struct {
	quick bool      // a glance: the numbers are noisy, the premises hold all the same
	log   io.Writer // progress, for people who wait
}

// Report is all that one run found.
type Report struct {
	Command string  `json:"command"`
	Machine Machine `json:"machine"`
	Tables  []Table `json:"tables"`
}

// errRefused ends a run in which some rows have no numbers.
var errRefused = errors.New("some rows were refused, because their premise did not hold")

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	only := flags.String("only", "", "make only these `tables`, separated by commas: "+names())
	quick := flags.Bool("quick", false, "measure briefly: noisy numbers, the same premises")
	jsonFile := flags.String("json", "", "also write the report as JSON to this `file`")
	htmlFile := flags.String("html", "", "also write the report as a page to this `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	// Files first: to find out after a minute of work that there is no such folder is no fun.
	writers := []func(*Report) error{func(r *Report) error { return writeText(out, r) }}
	for _, to := range []struct {
		name  string
		write func(io.Writer, *Report) error
	}{{*jsonFile, writeJSON}, {*htmlFile, writeHTML}} {
		if to.name == "" {
			continue
		}
		f, err := os.Create(to.name)
		if err != nil {
			return err
		}
		defer f.Close()
		writers = append(writers, func(r *Report) error { return errors.Join(to.write(f, r), f.Close()) })
	}
	r := Report{Command: command(args), Machine: thisMachine()}
	for _, b := range chosen {
		t, err := b.run(effort{quick: *quick, log: log})
		if err != nil {
			return fmt.Errorf("table %s: %w", b.name, err)
		}
		t.Name = b.name
		r.Tables = append(r.Tables, t)
	}
	for _, write := range writers {
		if err := write(&r); err != nil {
			return err
		}
	}
	for i := range r.Tables {
		if r.Tables[i].refused() > 0 {
			return errRefused
		}
	}
	return nil
}

func names() string {
	var all []string
	for _, b := range benches {
		all = append(all, b.name)
	}
	return strings.Join(all, ", ")
}

// choose returns the benches named in a list; all for the empty one.
func choose(only string) ([]bench, error) {
	if only == "" {
		return benches, nil
	}
	var chosen []bench
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(benches, func(b bench) bool { return b.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no table %q; there are: %s", name, names())
		}
		chosen = append(chosen, benches[i])
	}
	return chosen, nil
}

// command returns what made the report, without where it was written to.
func command(args []string) string {
	words := []string{"go run ./bench"}
	for i := 0; i < len(args); i++ {
		switch name, _, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "="); name {
		case "json", "html":
			if !joined {
				i++
			}
		default:
			words = append(words, args[i])
		}
	}
	return strings.Join(words, " ")
}

func writeJSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
