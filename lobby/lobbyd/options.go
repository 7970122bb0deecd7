//go:build !js

package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
)

// defaultAddr is for this machine only: whoever tries lobbyd out opens nothing
// to the world.
const defaultAddr = "127.0.0.1:8080"

// options is what the command line says.
type options struct {
	addr        string
	stun        string // host:port, more with commas; "" is as addr and the next port; off is none
	turn        turnOptions
	behindProxy bool
	log         slog.Level
}

const noSTUN = "off"

const usage = `Lobbyd is a lobby server: players find each other there by a code.

  go run github.com/tuttiplay/tutti/lobby/lobbyd@latest [flags]

Flags:
`

// parseOptions reads the command line. Usage and errors are written to out; the
// error is flag.ErrHelp if only help was asked for.
func parseOptions(args []string, out io.Writer) (options, error) {
	o := options{log: slog.LevelInfo}
	f := flag.NewFlagSet("lobbyd", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprint(out, usage)
		f.PrintDefaults()
	}
	f.StringVar(&o.addr, "addr", defaultAddr, "serve on this `host:port`; \":8080\" serves all who reach this machine, port 0 takes a free one")
	f.StringVar(&o.stun, "stun", "", "answer STUN on this UDP `host:port`, and on more, with commas: a second port, and both on a second address, tell players all about their NAT; off is not at all; default is the address of -addr, and its next port if that is free")
	o.turn.flags(f)
	f.BoolVar(&o.behindProxy, "behind-proxy", false, "players come through a proxy that sets X-Forwarded-For")
	f.TextVar(&o.log, "log", o.log, "write messages of this `level` and above: debug, info, warn, error")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	err := checkAddr("-addr", o.addr)
	switch {
	case err != nil:
	case f.NArg() > 0:
		err = fmt.Errorf("%q is not a flag; flags begin with -", f.Arg(0))
	case o.stun != "" && o.stun != noSTUN:
		err = checkSTUN(o.stun)
	}
	if err == nil {
		err = o.turn.check(o.stun)
	}
	if err != nil {
		fmt.Fprintf(out, "lobbyd: %v\n(-help tells more)\n", err)
	}
	return o, err
}

func checkAddr(name, addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("%s is %q; want host:port, as in %s", name, addr, defaultAddr)
	}
	return nil
}
