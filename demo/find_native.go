//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/tuttiplay/tutti/lobby/rendezvous"
)

// hostPort is where a program that hosts a room looks for a free port first.
const hostPort = 7420

// find makes sure that there is a lobby server: a player who hosts a room without
// naming one becomes the server for the others. stop ends that.
func (t *together) find() (stop func(), err error) {
	if t.server != "" || !t.host {
		return func() {}, nil
	}
	l, err := listenLobby(t.local)
	if err != nil {
		return nil, err
	}
	stop, err = serveLobby(l)
	if err != nil {
		return nil, err
	}
	t.server = lobbyAddress(l)
	return stop, nil
}

// listenLobby opens a port for a lobby server, for this machine only or for the
// network that it is in.
func listenLobby(local bool) (net.Listener, error) {
	host := ""
	if local {
		host = "127.0.0.1"
	} else {
		for port := hostPort; port < hostPort+20; port++ {
			if l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))); err == nil {
				return l, nil
			}
		}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("no free port on this machine to host a room: %w", err)
	}
	return l, nil
}

// serveLobby serves a lobby on l until stop is called.
func serveLobby(l net.Listener) (stop func(), err error) {
	lobby, err := rendezvous.New(rendezvous.Config{})
	if err != nil {
		l.Close()
		return nil, err
	}
	server := &http.Server{Handler: lobby, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l) // it ends with Shutdown
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			_ = server.Close()
		}
		_ = lobby.Close()
		<-ended
	}, nil
}

// lobbyAddress returns the address of l as others have to know it: that of this
// machine in its network, for a listener on all addresses.
func lobbyAddress(l net.Listener) string {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsUnspecified() {
		return l.Addr().String()
	}
	return net.JoinHostPort(networkIP(), strconv.Itoa(addr.Port))
}

// networkIP returns this machine's address in its network, "127.0.0.1" if it is
// in none. No packet is sent for that.
func networkIP() string {
	conn, err := net.Dial("udp4", "192.0.2.1:9") // TEST-NET: asks the routing table only
	if err == nil {
		defer conn.Close()
		if addr, ok := conn.LocalAddr().(*net.UDPAddr); ok && !addr.IP.IsUnspecified() {
			return addr.IP.String()
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err == nil {
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
				return n.IP.String()
			}
		}
	}
	return "127.0.0.1"
}
