//go:build !js

// Ricochet is the sample game of Tutti: two teams of ships, a puck, two goals, 90
// seconds. It plays in a window, in a page, or without any screen:
//
//	go run github.com/tuttiplay/tutti/demo@latest -help
//
// The rules are in package sim, what it looks like in package stage; this package
// joins them with a netcode session and decides where to play.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with its surroundings as arguments. It returns the exit code.
func run(args []string, out, errOut io.Writer) int {
	o, err := parseOptions(args, os.Getenv, errOut)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch {
	case o.headless:
		err = playHeadless(ctx, o, out)
	case o.page:
		err = servePage(ctx, o, out)
	case !hasDisplay():
		fmt.Fprintln(out, "There is no display here for a window, so Ricochet plays in your browser.")
		err = servePage(ctx, o, out)
	default:
		var opened bool
		if opened, err = openWindow(ctx, o); err != nil && !opened {
			fmt.Fprintf(out, "No window opens here (%v), so Ricochet plays in your browser.\n", err)
			err = servePage(ctx, o, out)
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintf(errOut, "ricochet: %v\n", err)
		return 1
	}
	return 0
}
