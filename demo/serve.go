//go:build !js

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/tuttiplay/tutti/demo/page"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
)

// servePage builds the page, serves it until ctx ends, and tells on out what goes
// on: a first build takes a minute or two.
func servePage(ctx context.Context, o options, out io.Writer) error {
	l, err := page.Listen(o.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	begun := time.Now()
	told := time.Time{}
	site, err := page.Build(ctx, func(done, total int) {
		now := time.Now()
		switch {
		case total == 0:
			fmt.Fprintln(out, "Building the page; the first time that takes a minute or two …")
		case now.Sub(told) >= 2*time.Second || done == total:
			told = now
			fmt.Fprintf(out, "  %3d of %d packages compiled, %.0f s\n", done, total, now.Sub(begun).Seconds())
		}
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if o.with.server != "" {
		site.Lobby(o.with.server)
	} else {
		lobby, err := rendezvous.New(rendezvous.Config{})
		if err != nil {
			return err
		}
		defer lobby.Close()
		site.Host(lobby)
	}
	_, size := site.ProgramBytes()
	fmt.Fprintf(out, "Ricochet (%.1f MB) is ready: open %s in your browser; Ctrl-C ends it.\n", float64(size)/1e6, pageURL(l, o))
	return site.Serve(ctx, l)
}

// pageURL returns the address to open, with what was chosen.
func pageURL(l net.Listener, o options) string {
	r := o.rules
	q := url.Values{}
	if r.bots != defaultRules().bots {
		q.Set("bots", strconv.Itoa(r.bots))
	}
	if r.seed != 0 {
		q.Set("seed", strconv.FormatUint(r.seed, 10))
	}
	if o.watch {
		q.Set("watch", "1")
	}
	if o.with.host {
		q.Set("host", "1")
	}
	if o.with.start > 0 {
		q.Set("start", strconv.Itoa(o.with.start))
	}
	if o.with.ready {
		q.Set("ready", "1")
	}
	name := o.with.name
	if name == defaultName(os.Getenv) { // nobody chose it
		name = ""
	}
	for name, value := range map[string]string{"room": o.with.room, "say": o.with.say, "name": name} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return page.URL(l)
	}
	return page.URL(l) + "?" + q.Encode()
}
