//go:build !js

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/tuttiplay/tutti/nat"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	d := doctor{out: os.Stdout, err: os.Stderr, probe: nat.Probe, router: nat.AskRouter}
	code := d.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// The exit codes; see the package comment.
const (
	exitDirect      = 0
	exitTrouble     = 1
	exitUsage       = 2
	exitBlocked     = 3
	exitOffline     = 4
	exitNoNames     = 5
	exitUnknown     = 6
	exitInterrupted = 7
)

// doctor is what natcheck needs of the world.
type doctor struct {
	out, err io.Writer
	probe    func(context.Context, nat.Config) (nat.Report, error)
	router   func(context.Context) nat.Router
}

// result is what natcheck prints with -json.
type result struct {
	Verdict  nat.Verdict   `json:"verdict"`
	Problems []nat.Problem `json:"problems"`
	Exit     int           `json:"exit"`
	Expect   *nat.Expect   `json:"expect,omitempty"`
	Report   nat.Report    `json:"report"`
}

// options are the flags.
type options struct {
	json   bool
	router bool
	with   string
	cfg    nat.Config
}

// run does everything but end the program, and returns the exit code.
func (d doctor) run(ctx context.Context, args []string) int {
	o, code := d.parse(args)
	if code >= 0 {
		return code
	}
	var other *result
	if o.with != "" {
		var err error
		if other, err = read(o.with); err != nil {
			fmt.Fprintln(d.err, "natcheck:", err)
			return exitUsage
		}
	}
	if o.router {
		o.cfg.Router = d.router
	}
	report, err := d.probe(ctx, o.cfg)
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(d.err, "natcheck: interrupted")
		return exitInterrupted
	case err != nil:
		fmt.Fprintln(d.err, err)
		return exitUsage
	}
	res := result{Verdict: report.Verdict(), Problems: report.Problems(), Exit: exitCode(report), Report: report}
	if res.Problems == nil {
		res.Problems = []nat.Problem{} // [] and not null
	}
	if other != nil {
		e := nat.Between(report, other.Report)
		res.Expect = &e
	}
	if o.json {
		enc := json.NewEncoder(d.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(res)
	} else {
		err = print(d.out, res, o.cfg)
	}
	if err != nil {
		fmt.Fprintln(d.err, "natcheck:", err)
	}
	return res.Exit
}

// parse reads the flags; a code of 0 or more ends the program.
func (d doctor) parse(args []string) (o options, code int) {
	flags := flag.NewFlagSet("natcheck", flag.ContinueOnError)
	flags.SetOutput(d.err)
	flags.Usage = func() {
		fmt.Fprintln(d.err, "usage: natcheck [flags] stun:host:port ...\n\nTells whether other players can connect to this machine. Flags:")
		flags.PrintDefaults()
	}
	flags.BoolVar(&o.json, "json", false, "print JSON")
	flags.BoolVar(&o.router, "router", true, "ask the home router for its outside address")
	flags.StringVar(&o.with, "with", "", "`file` with another player's natcheck -json: how will the two connect?")
	flags.DurationVar(&o.cfg.Timeout, "timeout", nat.MaxTime, "how long to wait for answers")
	flags.DurationVar(&o.cfg.Lifetime, "lifetime", 0, "find out how long the router remembers a silent connection, up to this (10s to 10m)")
	flags.Func("server", "`stun:host:port` to ask; may be repeated, or written without -server", func(s string) error {
		o.cfg.Servers = append(o.cfg.Servers, s)
		return nil
	})
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return o, exitDirect
	case err != nil:
		return o, exitUsage
	}
	o.cfg.Servers = append(o.cfg.Servers, flags.Args()...)
	if err := o.cfg.Validate(); err != nil {
		fmt.Fprintln(d.err, err)
		return o, exitUsage
	}
	return o, -1
}

// maxFile is the largest file of another player that is read, in bytes.
const maxFile = 1 << 20

// read reads what natcheck -json printed.
func read(file string) (*result, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r result
	if err := json.NewDecoder(io.LimitReader(f, maxFile)).Decode(&r); err != nil {
		return nil, fmt.Errorf("%s is not what natcheck -json prints: %w", file, err)
	}
	return &r, nil
}

// exitCode is the report in one number.
func exitCode(r nat.Report) int {
	switch r.Verdict().Code {
	case nat.CodeBlocked:
		return exitBlocked
	case nat.CodeOffline:
		return exitOffline
	case nat.CodeNoNames:
		return exitNoNames
	case nat.CodeUnknown, nat.CodeNoServer:
		return exitUnknown
	}
	for _, p := range r.Problems() {
		if p.Level == nat.LevelTrouble {
			return exitTrouble
		}
	}
	return exitDirect
}
