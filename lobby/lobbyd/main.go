//go:build !js

// Lobbyd is a lobby server: players of a game find each other there by a code
// and talk through it until their machines are linked directly. It brings a
// STUN server along, which tells players the address under which the network
// sees them, and a TURN server, which relays for those who cannot link.
//
//	lobbyd [-addr host:port] [-stun host:port] [-turn on] [-behind-proxy] [-log level]
//
// It serves this machine only unless told otherwise: -addr :8080 serves
// everybody who reaches it. TLS is for a proxy in front of it; say
// -behind-proxy then, so that it sees where players come from.
//
// STUN also answers on the next port, if that is free: with two ports players
// find out whether their network gives everyone another port. To tell them all
// (RFC 5780) takes a second address of the machine: -stun a:p,a:q,b:p,b:q with
// addresses a, b and ports p, q.
//
// Relaying costs traffic, so it is off unless asked for: -turn on relays on the
// port of STUN. Only players in a room get an account, which lasts six hours
// and is renewed; a player has a quota, and nobody is relayed into networks
// that are not public. On a machine that has its public address from a NAT name
// it with -turn-public. One lobbyd can relay for others: give all the same
// secret (-turn-secret), and the others its address with -turn-servers.
//
// When it is ready it prints one line on standard output,
//
//	ready addr=127.0.0.1:8080 url=ws://127.0.0.1:8080 stun=127.0.0.1:8080 turn=127.0.0.1:8080
//
// with the addresses that it really has, also for port 0; stun is missing with
// -stun off, turn without -turn. An interrupt ends it in order: it exits with status 0. Status 1 is
// trouble, 2 a command line that makes no sense.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	o, err := parseOptions(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil:
		os.Exit(2)
	}
	// A second interrupt ends it at once.
	context.AfterFunc(ctx, stop)
	if err := serve(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "lobbyd:", err)
		os.Exit(1)
	}
}
