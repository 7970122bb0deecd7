//go:build !js

package natlab

import "net/netip"

// The presets are the kinds that RFC 3489 gave their names. Real routers differ
// within a kind; every preset is a plain value to change.

// FullCone is a router that lets everybody in through a port that is open.
func FullCone() NAT { return NAT{Filtering: EndpointIndependent} }

// AddressRestricted lets in whom a host has sent to, from any port of theirs.
func AddressRestricted() NAT { return NAT{Filtering: AddressDependent} }

// PortRestricted lets in whom a host has sent to, from that port alone. Most
// home routers are of this kind, Linux' masquerade among them.
func PortRestricted() NAT { return NAT{Filtering: AddressAndPortDependent} }

// SymmetricSequential gives a host another port for everyone it talks to, one
// after the other, so that the next one can be predicted.
func SymmetricSequential() NAT {
	return NAT{Mapping: AddressAndPortDependent, Filtering: AddressAndPortDependent, Ports: Sequential}
}

// SymmetricRandom gives a host another port for everyone it talks to, which
// nobody can predict: two such hosts never meet without a relay.
func SymmetricRandom() NAT {
	return NAT{Mapping: AddressAndPortDependent, Filtering: AddressAndPortDependent, Ports: Random}
}

// Carrier is the router of a provider that gives its customers no public
// address (CGNAT): symmetric with random ports, and the network behind it is
// 100.64.0.0/10. Home routers stand behind it: see [Site.Site].
func Carrier() NAT {
	n := SymmetricRandom()
	n.LAN = netip.MustParsePrefix("100.64.0.0/10")
	return n
}

// Kind is a way to be connected, with a name for tables of tests.
type Kind struct {
	// Name is one of "open", "full cone", "address-restricted",
	// "port-restricted", "symmetric", "symmetric random" and "cgnat".
	Name string
	// NATs are the routers from the outermost to the one at home; none for a
	// public address. See [Lab.Behind].
	NATs []NAT
}

// Kinds returns the usual kinds, from the best connected to the worst. The first
// five are those that meet directly; the last two need a relay towards each
// other.
func Kinds() []Kind {
	return []Kind{
		{"open", nil},
		{"full cone", []NAT{FullCone()}},
		{"address-restricted", []NAT{AddressRestricted()}},
		{"port-restricted", []NAT{PortRestricted()}},
		{"symmetric", []NAT{SymmetricSequential()}},
		{"symmetric random", []NAT{SymmetricRandom()}},
		{"cgnat", []NAT{Carrier(), PortRestricted()}},
	}
}
