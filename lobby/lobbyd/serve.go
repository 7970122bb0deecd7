//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// closeWithin is how long the end may take.
const closeWithin = 3 * time.Second

// PortError is returned by serve if another program has the port.
type PortError struct {
	Addr string // as it was asked for
	Flag string // that says another one
	Err  error
}

// Error says which port, and what to do.
func (e *PortError) Error() string {
	host, port, _ := net.SplitHostPort(e.Addr)
	other := "0"
	if n, err := strconv.Atoi(port); err == nil && n < 65535 {
		other = strconv.Itoa(n + 1)
	}
	return fmt.Sprintf("port %s is in use by another program; choose another with %s, such as %s %s",
		port, e.Flag, e.Flag, net.JoinHostPort(host, other))
}

// Unwrap returns Err.
func (e *PortError) Unwrap() error { return e.Err }

// wsaeaddrinuse is what Windows says for syscall.EADDRINUSE.
const wsaeaddrinuse = syscall.Errno(10048)

// listenError makes an error of listening one that a person can act on.
func listenError(addr, flag string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaeaddrinuse) {
		return &PortError{Addr: addr, Flag: flag, Err: err}
	}
	return fmt.Errorf("cannot serve on %s: %w; choose another address with %s", addr, err, flag)
}

// serve runs the server until ctx ends. It writes the line that says it is
// ready to out, messages to log.
func serve(ctx context.Context, o options, out, log io.Writer) error {
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: o.log}))
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return listenError(o.addr, "-addr", err)
	}
	defer listener.Close() // the http.Server closes it, too
	addr := listener.Addr().(*net.TCPAddr)
	cfg := rendezvous.Config{BehindProxy: o.behindProxy, Log: logger}
	ready := fmt.Sprintf("ready addr=%s url=ws://%s", addr, reachable(addr))
	var stun *stunturn.Server
	if o.stun != noSTUN {
		if stun, err = listenSTUN(o, addr, logger); err != nil {
			return err
		}
		defer stun.Close()
		tellSTUN(stun, &cfg)
		ready += fmt.Sprintf(" stun=%s", stun.Addr())
	}
	turn, stopTURN, err := startTURN(o.turn, stun, &cfg, logger)
	if err != nil {
		return err
	}
	defer stopTURN()
	ready += turn
	lobby, err := rendezvous.New(cfg)
	if err != nil {
		return err
	}
	defer lobby.Close()
	server := &http.Server{
		Handler: lobby, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	if addr.IP.IsLoopback() {
		logger.Info("lobbyd: serving this machine only; -addr :" + strconv.Itoa(addr.Port) + " serves everybody who reaches it")
	}
	serving := make(chan error, 1)
	go func() { serving <- server.Serve(listener) }()
	fmt.Fprintln(out, ready)
	select {
	case err := <-serving:
		return err
	case <-ctx.Done():
	}
	logger.Info("lobbyd: stopping")
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	_ = server.Shutdown(late) // whoever is late is cut off
	_ = server.Close()
	<-serving
	return nil
}

// reachable is the host and port for clients on this machine.
func reachable(addr *net.TCPAddr) string {
	if addr.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(addr.Port))
	}
	return addr.String()
}
