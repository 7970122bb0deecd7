//go:build !js

package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tuttiplay/tutti/demo/party"
)

// options is what the command line says.
type options struct {
	rules         rules
	with          together
	duo           bool
	second        bool // the second window of -duo
	width, height int  // of the window, in device-independent pixels
	page          bool
	addr          string
	headless      bool
	frames        int
	watch         bool
	trace         string
}

const usage = `Ricochet: two teams, one puck, two goals, 90 seconds. Bots play the free ships.

  go run github.com/tuttiplay/tutti/demo@latest [flags]

It opens a window. Where there is no display it builds a page for the browser
instead, serves it on this machine and prints the address.

  arrows or WASD   fly
  space or shift   dash: fast for a moment, and a hard shot
  enter            rematch; with others also: say something (or T)
  esc              the menu: play with friends
  1 to 8           say something
  F3               the numbers of the session: a line, a panel, nothing
  F11              full screen

To play with friends:

  demo -host                      make a room; it shows a code and a link
  demo LINK                       enter it, also from another machine in the network,
                                  and while its lobby server is away
  demo -server ADDR -room CODE    the same by a lobby server (go run .../lobby/lobbyd)
  demo -duo                       two windows on this machine

A gamepad works too, and so does a touch screen on the page.

Flags:
`

// parseOptions reads the command line. Usage and errors are written to out; the
// error is flag.ErrHelp if only help was asked for.
func parseOptions(args []string, getenv func(string) string, out io.Writer) (options, error) {
	o := options{rules: defaultRules(), width: 1280, height: 720}
	f := flag.NewFlagSet("ricochet", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprint(out, usage)
		f.PrintDefaults()
	}
	f.BoolVar(&o.page, "page", false, "play in the browser even if there is a display")
	f.StringVar(&o.addr, "addr", "", "serve the page on this `host:port`; default is the first free port from 8080, for this machine only")
	f.BoolVar(&o.headless, "headless", false, "no screen: a bot plays your ship in real time; prints one line of JSON at the end")
	f.IntVar(&o.frames, "frames", 0, "with -headless: stop after this `number` of frames, 60 a second; default is one match")
	f.IntVar(&o.rules.bots, "bots", o.rules.bots, "play with this `number` of bots: 3, 5 or 7")
	f.Uint64Var(&o.rules.seed, "seed", 0, "play the match that grows from this `number`; default is a new one each time")
	f.BoolVar(&o.watch, "watch", false, "lean back: a bot plays your ship, too")
	f.StringVar(&o.trace, "trace", "", "write one line of JSON per second of play to this `file`; - is standard output")
	f.StringVar(&o.with.server, "server", getenv("TUTTI_SERVER"), "the lobby server's `address`; default is $TUTTI_SERVER")
	f.BoolVar(&o.with.host, "host", false, "make a room for others; without -server this program is the lobby server, too")
	f.StringVar(&o.with.room, "room", "", "enter the room with this `code` or link")
	f.StringVar(&o.with.name, "name", defaultName(getenv), "your `name` for the others")
	f.StringVar(&o.with.say, "say", "", "say this `text` on entering the room")
	f.IntVar(&o.with.start, "start", 0, "as the owner of the room start when this `number` of players are linked and ready")
	f.BoolVar(&o.with.ready, "ready", false, "be ready whenever the room waits for that")
	f.BoolVar(&o.with.local, "loopback", false, "link over this machine's loopback interface alone: for tests")
	f.BoolVar(&o.duo, "duo", false, "two windows on this machine, in one room")
	f.BoolVar(&o.second, "second", false, "internal: the second window of -duo, which ends with the first")
	f.Func("size", "open a window of `width x height`, like 1280x720", func(s string) error {
		w, h, ok := strings.Cut(s, "x")
		var errW, errH error
		o.width, errW = strconv.Atoi(w)
		o.height, errH = strconv.Atoi(h)
		if !ok || errW != nil || errH != nil || o.width < 320 || o.height < 180 || o.width > 16384 || o.height > 16384 {
			return fmt.Errorf("want something like 1280x720, at least 320x180")
		}
		return nil
	})
	if err := f.Parse(args); err != nil {
		return o, err
	}
	rest, two := f.Args(), false
	if len(rest) == 1 && strings.Contains(rest[0], "://") {
		two = o.with.room != ""
		o.with.room, rest = rest[0], nil
	}
	err := o.rules.validate()
	switch {
	case err != nil:
	case two:
		err = fmt.Errorf("-room and a link are two rooms; choose one of them")
	case len(rest) > 0:
		err = fmt.Errorf("%q is not a flag; flags begin with -", rest[0])
	case o.frames < 0:
		err = fmt.Errorf("-frames is %d; want a positive number, or 0 for one match", o.frames)
	case o.frames > 0 && !o.headless:
		err = fmt.Errorf("-frames goes with -headless; a window plays until you close it")
	case o.page && o.headless:
		err = fmt.Errorf("-page and -headless exclude each other")
	case o.with.host && o.with.room != "":
		err = fmt.Errorf("-host makes a room and -room enters one; choose one of them")
	case o.duo && (o.headless || o.page || o.with.wanted()):
		err = fmt.Errorf("-duo makes a room of its own in two windows; leave out -headless, -page, -host and -room")
	case o.with.start < 0 || o.with.start > party.Seats:
		err = fmt.Errorf("-start is %d; want 1 to %d players", o.with.start, party.Seats)
	case o.with.say != "" && !o.with.wanted():
		err = fmt.Errorf("-say needs somebody to hear it: add -host or -room")
	}
	if o.duo {
		// Whoever asks for two windows wants to see them play at once.
		o.with.host, o.with.local, o.with.ready, o.with.start = true, true, true, 2
	}
	if err != nil {
		fmt.Fprintf(out, "ricochet: %v\n(-help tells more)\n", err)
	}
	return o, err
}

// defaultName is what a player is called who says nothing about it.
func defaultName(getenv func(string) string) string {
	for _, variable := range []string{"TUTTI_NAME", "USER", "USERNAME"} {
		if name := getenv(variable); name != "" && name != "root" {
			return name
		}
	}
	return "Player"
}
