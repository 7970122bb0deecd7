//go:build !js

package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// secretVariable holds the secret of the TURN servers, unless a file does. It
// is no flag, which everybody on the machine could read.
const secretVariable = "TUTTI_TURN_SECRET"

const (
	turnOff = "off"
	turnOn  = "on" // the port of STUN
)

// turnOptions is what the command line says about relaying.
type turnOptions struct {
	addr       string // turnOff, turnOn or host:port
	secretFile string
	public     string
	ports      string
	allow      string
	quotaMB    int64
	rateKB     int64
	servers    string
}

func (o *turnOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.addr, "turn", turnOff, "relay for players who cannot link directly (TURN), on this UDP `host:port`; on is the port of -stun, off is not at all")
	f.StringVar(&o.secretFile, "turn-secret", "", "`file` with the secret that TURN accounts are made with; default is the variable "+secretVariable+", or a random one if only this server relays")
	f.StringVar(&o.public, "turn-public", "", "relay from these `addresses` as others see them: one IPv4, one IPv6, with a comma; needed behind a NAT, as in most clouds")
	f.StringVar(&o.ports, "turn-ports", "", "relay from UDP ports in this `range`, such as 49152-50151; default is any free one")
	f.StringVar(&o.allow, "turn-allow", "", "relay to these `networks` although they are not public, such as 192.168.0.0/16, with commas")
	f.Int64Var(&o.quotaMB, "turn-quota", stunturn.DefaultQuota>>20, "relay so many `MiB` for one player in 24 hours")
	f.Int64Var(&o.rateKB, "turn-rate", 0, "relay so many `KiB` a second for one player, and drop what is above; 0 is no limit")
	f.StringVar(&o.servers, "turn-servers", "", "send players to these other TURN servers, which know the secret, too: `host:port`, with commas")
}

// relays reports whether this process shall relay.
func (o *turnOptions) relays() bool { return o.addr != turnOff && o.addr != "" }

// config makes what the server takes, without a secret.
func (o *turnOptions) config(logger *slog.Logger) (cfg stunturn.TurnConfig, err error) {
	cfg = stunturn.TurnConfig{Quota: o.quotaMB << 20, Rate: o.rateKB << 10, Log: logger}
	if o.quotaMB < 1 || o.quotaMB > 1<<40 {
		return cfg, fmt.Errorf("-turn-quota is %d; want 1 MiB or more", o.quotaMB)
	}
	if o.rateKB != 0 && (o.rateKB < 2 || o.rateKB > 1<<30) {
		return cfg, fmt.Errorf("-turn-rate is %d; want 0 (no limit), or 2 KiB a second or more", o.rateKB)
	}
	for text := range list(o.public) {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return cfg, fmt.Errorf("-turn-public has %q; want an address, as in 203.0.113.1", text)
		}
		cfg.Public = append(cfg.Public, a)
	}
	for text := range list(o.allow) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return cfg, fmt.Errorf("-turn-allow has %q; want a network, as in 192.168.0.0/16", text)
		}
		cfg.Allow = append(cfg.Allow, p)
	}
	if o.ports != "" {
		low, high, _ := strings.Cut(o.ports, "-")
		from, err1 := strconv.ParseUint(low, 10, 16)
		to, err2 := strconv.ParseUint(high, 10, 16)
		if err1 != nil || err2 != nil || from == 0 || from > to {
			return cfg, fmt.Errorf("-turn-ports is %q; want two ports, as in 49152-50151", o.ports)
		}
		cfg.MinPort, cfg.MaxPort = uint16(from), uint16(to)
	}
	return cfg, nil
}

// list splits at commas.
func list(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for part := range strings.SplitSeq(s, ",") {
			if part = strings.TrimSpace(part); part != "" && !yield(part) {
				return
			}
		}
	}
}

// check finds mistakes on the command line.
func (o *turnOptions) check(stun string) error {
	if _, err := o.config(nil); err != nil {
		return err
	}
	for s := range list(o.servers) {
		if _, err := nat.ParseICE("turn:u:p@" + s); err != nil {
			return fmt.Errorf("-turn-servers has %q; want host:port", s)
		}
	}
	switch {
	case o.addr == turnOn && stun == noSTUN:
		return errors.New("-turn on is on the port of STUN, and -stun is off; give -turn a host:port of its own")
	case o.addr != turnOn && o.relays():
		return checkAddr("-turn", o.addr)
	}
	return nil
}

// secret finds the secret. Servers elsewhere must know it; our own makes one.
func (o *turnOptions) secret() ([]byte, error) {
	text := []byte(os.Getenv(secretVariable))
	from := "the variable " + secretVariable
	if o.secretFile != "" {
		b, err := os.ReadFile(o.secretFile)
		if err != nil {
			return nil, fmt.Errorf("-turn-secret: %w", err)
		}
		text, from = b, o.secretFile
	}
	text = bytes.TrimSpace(text)
	switch {
	case len(text) == 0 && o.secretFile == "" && o.servers == "":
		random := make([]byte, 32)
		rand.Read(random) // never fails: see crypto/rand
		return random, nil
	case len(text) < stunturn.MinSecret:
		return nil, fmt.Errorf("the secret of the TURN servers in %s has %d bytes; want %d or more", from, len(text), stunturn.MinSecret)
	}
	return text, nil
}

// startTURN relays as the options want it and tells the lobby. stun is the
// server that runs already, nil if none does. The text goes into the line that
// says we are ready.
func startTURN(o turnOptions, stun *stunturn.Server, cfg *rendezvous.Config, logger *slog.Logger) (ready string, stop func(), err error) {
	stop = func() {}
	if !o.relays() && o.servers == "" {
		return "", stop, nil
	}
	if cfg.TURNSecret, err = o.secret(); err != nil {
		return "", stop, err
	}
	for s := range list(o.servers) {
		cfg.TURNServers = append(cfg.TURNServers, s)
	}
	if !o.relays() {
		return "", stop, nil
	}
	server := stun
	if o.addr != turnOn {
		if server, err = stunturn.Listen(o.addr, stunturn.Config{Log: logger}); err != nil {
			return "", stop, listenError(o.addr, "-turn", err)
		}
		stop = func() { _ = server.Close() }
	}
	turn, err := o.config(logger)
	if err == nil {
		turn.Secret = cfg.TURNSecret
		_, err = server.Relay(turn)
	}
	if err != nil {
		stop()
		return "", func() {}, fmt.Errorf("-turn: %w", err)
	}
	cfg.TURNPort = int(server.Addr().Port())
	return fmt.Sprintf(" turn=%s", server.Addr()), stop, nil
}
