//go:build !js

package main

import (
	"log/slog"
	"net"
	"strconv"
	"strings"

	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// listenSTUN opens the STUN server where the options want it.
func listenSTUN(o options, tcp *net.TCPAddr, logger *slog.Logger) (*stunturn.Server, error) {
	if o.stun != "" {
		addrs := strings.Split(o.stun, ",")
		server, err := stunturn.Listen(addrs[0], stunturn.Config{Also: addrs[1:], Log: logger})
		if err != nil {
			return nil, listenError(o.stun, "-stun", err)
		}
		return server, nil
	}
	host, port, _ := net.SplitHostPort(o.addr)
	next := 0
	if port != "0" {
		port = strconv.Itoa(tcp.Port) // the number of a named port
		next = tcp.Port + 1
	}
	addr := net.JoinHostPort(host, port)
	second := net.JoinHostPort(host, strconv.Itoa(next))
	server, err := stunturn.Listen(addr, stunturn.Config{Also: []string{second}, Log: logger})
	if err == nil {
		return server, nil
	}
	// The second port is good to have, and not worth failing for.
	server, err = stunturn.Listen(addr, stunturn.Config{Log: logger})
	if err != nil {
		return nil, listenError(addr, "-stun", err)
	}
	logger.Warn("lobbyd: STUN has one port only, because UDP " + second + " is in use; players cannot tell what their NAT does")
	return server, nil
}

// tellSTUN tells the lobby where STUN is: the first address, and the one that
// differs most from it.
func tellSTUN(server *stunturn.Server, cfg *rendezvous.Config) {
	addrs := server.Addrs()
	first := addrs[0]
	cfg.STUNPort = int(first.Port())
	for _, a := range addrs[1:] {
		if a.Addr() != first.Addr() && !a.Addr().IsUnspecified() {
			cfg.ICEServers = append(cfg.ICEServers, nat.ICEServer{Scheme: nat.STUN, Host: a.Addr().String(), Port: a.Port()}.String())
			return
		}
	}
	if len(addrs) > 1 {
		cfg.STUNOther = int(addrs[1].Port())
	}
}

// checkSTUN finds mistakes in -stun.
func checkSTUN(list string) error {
	for addr := range strings.SplitSeq(list, ",") {
		if err := checkAddr("-stun", addr); err != nil {
			return err
		}
	}
	return nil
}
