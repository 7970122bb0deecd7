//go:build linux

package kernel

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// The addresses of every town's internet: two on one host, for servers.
var (
	Server  = netip.AddrFrom4([4]byte{203, 0, 113, 1})
	Server2 = netip.AddrFrom4([4]byte{203, 0, 113, 2})
)

// MaxSites is the largest number of sites.
const MaxSites = 100

// Kind is how a site is connected.
type Kind uint8

// The kinds of sites.
const (
	// Open has a public address and no router.
	Open Kind = iota
	// Cone is behind nft's masquerade: it keeps ports where it can, gives one
	// port to all destinations, and lets in only who was written to (by
	// address and port).
	Cone
	// Random is behind nft's masquerade fully-random: every destination sees
	// another port, without a pattern. Nobody can predict it.
	Random
	// Closed is behind a router that lets no UDP through.
	Closed
)

// String names the kind.
func (k Kind) String() string { return [...]string{"open", "cone", "random", "closed"}[k] }

// Site is one player's home.
type Site struct {
	Kind Kind
	// Host is the player's machine.
	Host *Host
	// Router stands between the host and the internet; nil for Open.
	Router *Host
	// Inside is the host's address, Public the one that others see; the same
	// for Open.
	Inside, Public netip.Addr
}

// Town is some sites and the internet between them:
//
//	192.168.1.2 – router 203.0.113.11 – 203.0.113.1, .2 – 203.0.113.12 router – 192.168.2.2
//
// For each router of a [Cone] or [Random] site the rule of PITFALLS.md W21 is
// there: without it one packet that nobody asked for makes the kernel take the
// port, and the host's next packet leaves by another. For its use by several
// goroutines lock.
type Town struct {
	// Internet is the host of the two public addresses, where servers run.
	Internet *Host
	Sites    []*Site
}

// NewTown builds a town with a site of each kind named. It takes some 50 ms per
// site. Close it.
func NewTown(kinds ...Kind) (*Town, error) {
	if len(kinds) > MaxSites {
		return nil, fmt.Errorf("kernel: %d sites; want %d at most", len(kinds), MaxSites)
	}
	t := &Town{}
	if err := t.build(kinds); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func (t *Town) build(kinds []Kind) (err error) {
	if t.Internet, err = NewHost(); err != nil {
		return err
	}
	if _, err = t.Internet.Run(`
ip link add town type bridge
ip addr add 203.0.113.1/24 dev town
ip addr add 203.0.113.2/24 dev town
ip link set town up
ip route add 203.0.114.0/24 dev town
`); err != nil {
		return err
	}
	for i, kind := range kinds {
		s := &Site{Kind: kind, Public: netip.AddrFrom4([4]byte{203, 0, 113, byte(11 + i)})}
		t.Sites = append(t.Sites, s)
		if s.Host, err = NewHost(); err != nil {
			return err
		}
		if kind == Open {
			s.Inside = s.Public
		} else {
			s.Inside = netip.AddrFrom4([4]byte{192, 168, byte(i + 1), 2})
			if s.Router, err = NewHost(); err != nil {
				return err
			}
		}
		if err = t.connect(s, i+1); err != nil {
			return err
		}
	}
	return nil
}

// connect lays the cables of site n and sets its router up.
func (t *Town) connect(s *Site, n int) error {
	outer := s.Host // who has the public address
	if s.Router != nil {
		outer = s.Router
	}
	fill := strings.NewReplacer("INTERNET", t.Internet.id(), "HOST", s.Host.id(), "SITE", strconv.Itoa(n), "PUBLIC", s.Public.String())
	steps := []struct {
		host  *Host
		lines string
	}{{outer, `
ip link add outside type veth peer name siteSITE netns INTERNET
ip addr add PUBLIC/24 dev outside
ip link set outside up
ip route add 203.0.114.0/24 dev outside
`}}
	if s.Router != nil {
		steps = append(steps, struct {
			host  *Host
			lines string
		}{outer, `
ip link add inside type veth peer name eth0 netns HOST
ip addr add 192.168.SITE.1/24 dev inside
ip link set inside up
echo 1 > /proc/sys/net/ipv4/ip_forward
nft -f - <<'END'
` + rules(s.Kind) + `
END
`}, struct {
			host  *Host
			lines string
		}{s.Host, "ip addr add 192.168.SITE.2/24 dev eth0\nip link set eth0 up\nip route add default via 192.168.SITE.1\n"})
	}
	steps = append(steps, struct {
		host  *Host
		lines string
	}{t.Internet, "ip link set siteSITE master town up\n"})
	for _, step := range steps {
		if _, err := step.host.Run(fill.Replace(step.lines)); err != nil {
			return err
		}
	}
	return nil
}

// rules is what a router of that kind does. The counters are for
// [Site.Counted].
func rules(kind Kind) string {
	masquerade, closed := "masquerade", ""
	switch kind {
	case Random:
		masquerade = "masquerade fully-random"
	case Closed:
		closed = "meta l4proto udp drop"
	}
	return `
table ip nat {
	counter across { }
	counter served { }
	counter stray { }
	chain leaving {
		type nat hook postrouting priority srcnat
		oifname "outside" ` + masquerade + `
	}
	chain unasked {
		type filter hook input priority filter
		iifname "outside" ct state new drop
	}
	chain through {
		type filter hook forward priority filter
		` + closed + `
		iifname "outside" ct state new ct status & dnat == 0 drop
		iifname "outside" ip saddr 203.0.113.11-203.0.113.110 meta l4proto udp counter name across
		iifname "outside" ip saddr 203.0.113.1-203.0.113.2 meta l4proto udp counter name served
		ip saddr 192.168.0.0/16 ip daddr 192.168.0.0/16 counter name stray
	}
}
`
}

// Traffic is what a site's router has let in since the start, in packets.
type Traffic struct {
	// Across came from other sites' public addresses, by UDP; Served from the
	// internet's servers.
	Across, Served int
	// Stray went from one inside address to another: past a NAT.
	Stray int
}

// Counted reads the router's counters. The site must have a router.
func (s *Site) Counted() (c Traffic, err error) {
	out, err := s.Router.Run("nft list counters table ip nat")
	if err != nil {
		return c, err
	}
	for name, n := range map[string]*int{"across": &c.Across, "served": &c.Served, "stray": &c.Stray} {
		found := regexp.MustCompile(`counter ` + name + ` \{\s*packets (\d+)`).FindStringSubmatch(out)
		if found == nil {
			return c, fmt.Errorf("kernel: the router has no counter %s: %s", name, out)
		}
		*n, _ = strconv.Atoi(found[1]) // digits
	}
	return c, nil
}

// Close takes the town down. It may be called again.
func (t *Town) Close() {
	for _, s := range t.Sites {
		s.Host.Close()
		s.Router.Close()
	}
	t.Internet.Close()
}
