//go:build !js

package stunturn

import "net/netip"

// special are the addresses of no public host that a relay could be aimed at.
// Networks for documentation are missing on purpose: nobody's, and laboratories
// use them as the internet.
var special = prefixes(
	"0.0.0.0/8",       // this host
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // shared by a provider's customers
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local; in clouds the machine's own credentials
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // of protocols
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"224.0.0.0/3",     // multicast, reserved, broadcast
	"::/96",           // unspecified, loopback, IPv4 in old clothes
	"::ffff:0:0:0/96", // IPv4 in clothes of SIIT
	"64:ff9b::/96",    // IPv4 behind NAT64
	"64:ff9b:1::/48",  // the same, local
	"100::/64",        // nowhere
	"2001::/32",       // Teredo: an IPv4 address is in it
	"2002::/16",       // 6to4: the same
	"fc00::/7",        // private
	"fe80::/9",        // link-local, site-local
	"ff00::/8",        // multicast
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// within reports whether a is in one of the networks.
func within(a netip.Addr, networks []netip.Prefix) bool {
	for _, p := range networks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// mayReach reports whether packets may be relayed to a host.
func (t *Turn) mayReach(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return a.IsValid() && (t.isOurs(a) || within(a, t.cfg.Allow) || !within(a, special))
}

// isOurs reports whether a is an address that we relay from.
func (t *Turn) isOurs(a netip.Addr) bool { return a == t.public[0] || a == t.public[1] }
