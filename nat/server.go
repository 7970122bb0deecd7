package nat

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// defaultPort is STUN's, RFC 8489.
const defaultPort = 3478

// ErrNotInBrowser is returned by [Probe] in a page, which has no sockets. The
// browser does its own probing when players connect.
var ErrNotInBrowser = errors.New("nat: a page in a browser cannot probe; run the native game or natcheck instead")

// ServerError is returned by [Config.Validate] for a server that is not written
// as "stun:host:port", and by [ParseICE].
type ServerError struct {
	// Server is what was given.
	Server string
	// Why says what is wrong with it.
	Why string
	// Want says how to write it; "" is "stun:host:port".
	Want string
}

// Error quotes the server and says how to write it.
func (e *ServerError) Error() string {
	want := e.Want
	if want == "" {
		want = "stun:host:port"
	}
	return fmt.Sprintf("nat: server %.100q %s; want %s", e.Server, e.Why, want)
}

// server is one entry of Config.Servers.
type server struct {
	name string // as given
	host string // a name or an address without brackets
	port uint16
}

// parseServer reads "stun:host:port" (RFC 7064). It uses no package net, which
// a page does not carry.
func parseServer(s string) (server, error) {
	bad := func(why string) (server, error) { return server{}, &ServerError{Server: s, Why: why} }
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !strings.EqualFold(scheme, "stun") {
		return bad("does not begin with stun:")
	}
	host, port := rest, ""
	switch {
	case strings.HasPrefix(rest, "["):
		end := strings.Index(rest, "]")
		if end < 0 {
			return bad("lacks a ]")
		}
		host, port = rest[1:end], rest[end+1:]
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
			return bad("has no IPv6 address in its brackets")
		}
		if port != "" && port[0] != ':' {
			return bad("has something between ] and the port")
		}
	case strings.Count(rest, ":") > 1:
		return bad("has an IPv6 address without brackets")
	default:
		if i := strings.IndexByte(rest, ':'); i >= 0 {
			host, port = rest[:i], rest[i:]
		}
	}
	if host == "" || len(host) > 253 || strings.ContainsFunc(host, oddInHost) {
		return bad("has no proper host")
	}
	out := server{name: s, host: host, port: defaultPort}
	if port != "" {
		n, err := strconv.ParseUint(port[1:], 10, 16)
		if err != nil || n == 0 {
			return bad("has no port from 1 to 65535")
		}
		out.port = uint16(n)
	}
	return out, nil
}

func oddInHost(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune("/?#@\\\"<>", r)
}
