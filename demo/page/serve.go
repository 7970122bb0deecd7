//go:build !js

package page

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// FirstPort is where [Listen] begins to look for a free port.
const FirstPort = 8080

// portsTried is how many ports Listen tries before it takes any.
const portsTried = 20

// Listen opens addr (host:port). An empty addr is the first free port from
// [FirstPort] on 127.0.0.1, which nobody outside this machine can reach.
func Listen(addr string) (net.Listener, error) {
	if addr != "" {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, fmt.Errorf("page: cannot serve on %s: %w; choose another -addr, or none for the first free port", addr, err)
		}
		return l, nil
	}
	for port := FirstPort; port < FirstPort+portsTried; port++ {
		if l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			return l, nil
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("page: no free port on this machine: %w", err)
	}
	return l, nil
}

// URL returns the address to open in a browser for a listener.
func URL(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String() + "/"
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() || ip.IsLoopback() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// Serve answers on l until ctx ends, then closes it and returns nil.
func (s *Site) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}
