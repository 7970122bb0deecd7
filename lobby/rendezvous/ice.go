//go:build !js

package rendezvous

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// maxHost bounds what a client may call us, in bytes.
const maxHost = 200

// servers is what a client is told, seen from where it came, and notes when it
// has to be told anew. c.id is set.
func (s *Server) servers(c *conn, now time.Time) []string {
	var list []string
	for _, port := range [...]int{s.cfg.STUNPort, s.cfg.STUNOther} {
		if port > 0 && c.host != "" {
			list = append(list, nat.ICEServer{Scheme: nat.STUN, Host: c.host, Port: uint16(port)}.String())
		}
	}
	list = append(list, s.cfg.ICEServers...)
	relays := s.relays(c.host)
	if len(relays) == 0 {
		return list
	}
	account := stunturn.Mint(s.cfg.TURNSecret, c.id.String(), now.Add(s.cfg.TURNLife))
	for _, relay := range relays {
		relay.User, relay.Password = account.User, account.Password
		list = append(list, relay.String())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renew = now.Add(s.cfg.TURNLife / 2)
	return list
}

// relays are the TURN servers, without an account.
func (s *Server) relays(host string) (list []nat.ICEServer) {
	if s.cfg.TURNPort > 0 && host != "" {
		list = append(list, nat.ICEServer{Scheme: nat.TURN, Host: host, Port: uint16(s.cfg.TURNPort)})
	}
	for _, server := range s.cfg.TURNServers {
		if relay, err := nat.ParseICE("turn:user:password@" + server); err == nil { // Validate has seen it
			list = append(list, relay)
		}
	}
	return list
}

// renews reports whether it is time for new accounts.
func (c *conn) renews(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.renew.IsZero() && !now.Before(c.renew)
}

// hostOf returns the name by which a client reached us, IPv6 without brackets;
// "" if it is none that a server could have.
func hostOf(r *http.Request) string {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	} else if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	if len(host) > maxHost {
		return ""
	}
	if _, err := nat.ParseICE("stun:" + net.JoinHostPort(host, strconv.Itoa(9))); err != nil {
		return ""
	}
	return host
}
