//go:build !js

package nat

import (
	"context"
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
func lookUp(ctx context.Context, on Net, cfg Config) targets {
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
			ips, err := resolve(ctx, on, s.host)
			if err != nil {
				cfg.Log.Warn("nat: server not found", "server", s.name, "err", err)
			}
			hosts[i] = ips
		})
	}
	all.Wait()
	var found targets
	for i := range perHost { // the first address of each, then the second
		for k, ips := range hosts {
			found.v4 = add(found.v4, netip.Addr.Is4, ips, i, servers[k].port)
			found.v6 = add(found.v6, netip.Addr.Is6, ips, i, servers[k].port)
		}
	}
	for _, ips := range hosts {
		if len(ips) == 0 {
			found.unresolved++
		}
	}
	return found
}

// add takes the nth address of a family, if it is new.
func add(list []netip.AddrPort, of func(netip.Addr) bool, ips []netip.Addr, n int, port uint16) []netip.AddrPort {
	for _, ip := range ips {
		ip = ip.Unmap()
		if !of(ip) {
			continue
		}
		if n > 0 {
			n--
			continue
		}
		if to := netip.AddrPortFrom(ip, port); !slices.Contains(list, to) {
			list = append(list, to)
		}
		return list
	}
	return list
}
