//go:build !js

package nat

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// perHost is how many addresses of one name are asked in each family. Two
// addresses are as good as two servers.
const perHost = 2

// targets are the addresses to ask.
type targets struct {
	v4, v6     []netip.AddrPort
	unresolved int
}

// lookUp finds the addresses of all servers, names in parallel, within half of
// the time that ctx leaves. cfg is valid.
func lookUp(ctx context.Context, cfg Config) targets {
	if end, ok := ctx.Deadline(); ok {
		half, cancel := context.WithTimeout(ctx, time.Until(end)/2)
		defer cancel()
		ctx = half
	}
	servers := make([]server, len(cfg.Servers))
	hosts := make([][]netip.Addr, len(cfg.Servers))
	var all sync.WaitGroup
	for i, text := range cfg.Servers {
		s, err := parseServer(text)
		if err != nil {
			continue // cannot be: cfg is valid
		}
		servers[i] = s
		if ip, err := netip.ParseAddr(s.host); err == nil {
			hosts[i] = []netip.Addr{ip}
			continue
		}
		all.Go(func() {
			ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", s.host)
			if err != nil {
				cfg.Log.Warn("nat: server not found", "server", s.name, "err", err)
			}
			hosts[i] = ips
		})
	}
	all.Wait()
	var found targets
	for i, ips := range hosts {
		if len(ips) == 0 {
			found.unresolved++
		}
		found.add(ips, servers[i].port)
	}
	return found
}

// add takes the first addresses of each family, each only once.
func (t *targets) add(ips []netip.Addr, port uint16) {
	n4, n6 := 0, 0
	for _, ip := range ips {
		ip = ip.Unmap()
		list, n := &t.v6, &n6
		if ip.Is4() {
			list, n = &t.v4, &n4
		}
		to := netip.AddrPortFrom(ip, port)
		if *n == perHost || slices.Contains(*list, to) {
			continue
		}
		*n++
		*list = append(*list, to)
	}
}
