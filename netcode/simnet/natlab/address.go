//go:build !js

package natlab

import (
	"fmt"
	"net/netip"
)

// public are the networks for documentation, which belong to nobody: addresses
// of the Internet of a Lab are taken from them, in turn.
var public = [...]netip.Prefix{
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // for measurements, and large enough for any test
}

// node is what has an address in a network: a host or a router.
type node interface {
	// guess returns the host that a packet to dst is for, as far as anybody knows
	// before it gets there; nil if nobody is there.
	guess(l *Lab, dst netip.AddrPort) *Host
	// edge returns the line to the node.
	edge() *edge
	// enter takes a packet that came over the line.
	enter(l *Lab, p *packet)
}

// lan is one network: that behind a router, or the Internet.
type lan struct {
	nodes map[netip.Addr]node
	order []node // as they came
	next  netip.Addr
	pool  netip.Prefix
	more  int // the next of public, for the Internet
}

func (n *lan) init(pool netip.Prefix) {
	n.nodes, n.pool = map[netip.Addr]node{}, pool
	n.next = pool.Addr().Next() // the router's
	if pool == public[0] {
		n.more = 1
	} else {
		n.next = n.next.Next()
	}
}

// add gives nd an address in the network. It panics when none is left.
func (n *lan) add(nd node) netip.Addr {
	for {
		a := n.next
		n.next = a.Next()
		if !n.pool.Contains(n.next) { // a is the broadcast address
			if n.more == 0 || n.more == len(public) {
				panic(fmt.Sprintf("natlab: no address is left in %v", n.pool))
			}
			n.pool, n.next = public[n.more], public[n.more].Addr().Next()
			n.more++
			continue
		}
		n.nodes[a] = nd
		n.order = append(n.order, nd)
		return a
	}
}

// remove takes the node away from a.
func (n *lan) remove(a netip.Addr) {
	nd := n.nodes[a]
	delete(n.nodes, a)
	for i, o := range n.order {
		if o == nd {
			n.order = append(n.order[:i:i], n.order[i+1:]...)
			return
		}
	}
}
