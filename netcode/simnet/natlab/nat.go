//go:build !js

package natlab

import (
	"fmt"
	"net/netip"
	"time"
)

// DefaultLifetime is the [NAT.Lifetime] that zero stands for, the least that
// RFC 4787 allows.
const DefaultLifetime = 2 * time.Minute

// Dependence says on how much of the other end something depends: the outside
// port that a host gets, or who may send to it.
type Dependence uint8

// The three of RFC 4787.
const (
	// EndpointIndependent: one outside port for all, or open to all.
	EndpointIndependent Dependence = iota
	// AddressDependent: one per address out there, or open to the addresses that
	// were sent to.
	AddressDependent
	// AddressAndPortDependent: one per address and port, or open to exactly those.
	AddressAndPortDependent
)

// String names d.
func (d Dependence) String() string {
	switch d {
	case EndpointIndependent:
		return "endpoint-independent"
	case AddressDependent:
		return "address-dependent"
	case AddressAndPortDependent:
		return "address-and-port-dependent"
	}
	return fmt.Sprintf("natlab.Dependence(%d)", uint8(d))
}

// Ports says how a router chooses the outside port of a new mapping.
type Ports uint8

// The ways to choose a port.
const (
	// Preserve takes the inside port where that is free, and the next free one
	// above it where it is not.
	Preserve Ports = iota
	// Sequential takes the next free port, Step above the last one.
	Sequential
	// Random takes any free port from 1024 up.
	Random
)

// String names p.
func (p Ports) String() string {
	switch p {
	case Preserve:
		return "preserve"
	case Sequential:
		return "sequential"
	case Random:
		return "random"
	}
	return fmt.Sprintf("natlab.Ports(%d)", uint8(p))
}

// NAT is what a router does to the datagrams of the hosts behind it. The zero
// value is a full cone that preserves ports: the kindest router there is.
type NAT struct {
	// Mapping says when a host's socket gets another outside port.
	Mapping Dependence
	// Filtering says whose packets come in through an outside port.
	Filtering Dependence
	// Ports says how an outside port is chosen.
	Ports Ports
	// Step is the distance of two ports that are chosen one after the other
	// ([Sequential]). 0 is 1; from -100 to 100.
	Step int
	// Hairpin lets hosts behind the router reach each other by their outside
	// addresses.
	Hairpin bool
	// Lifetime is how long a mapping and its permissions live after the last
	// packet that went out through them. What comes in does not lengthen it. 0 is
	// [DefaultLifetime]; at least a millisecond.
	Lifetime time.Duration
	// Blocked lets no UDP pass the router, either way, as some offices do.
	Blocked bool
	// MTU is the largest packet in bytes that passes the router, its IP and UDP
	// headers included; larger ones vanish without a word. 0 is 1500; at least
	// 68.
	MTU int
	// LAN is the network behind the router, IPv4, /8 to /28. The router has its
	// first address, hosts get the next ones. The zero Prefix is 192.168.1.0/24
	// for everybody, because homes do have the same addresses inside.
	LAN netip.Prefix
}

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes n.
func (n NAT) Validate() error {
	switch {
	case n.Mapping > AddressAndPortDependent:
		return fmt.Errorf("natlab: NAT.Mapping is %v; want one of the three", n.Mapping)
	case n.Filtering > AddressAndPortDependent:
		return fmt.Errorf("natlab: NAT.Filtering is %v; want one of the three", n.Filtering)
	case n.Ports > Random:
		return fmt.Errorf("natlab: NAT.Ports is %v; want Preserve, Sequential or Random", n.Ports)
	case n.Step < -100 || n.Step > 100:
		return fmt.Errorf("natlab: NAT.Step is %d; want -100 to 100", n.Step)
	case n.Lifetime != 0 && n.Lifetime < time.Millisecond:
		return fmt.Errorf("natlab: NAT.Lifetime is %v; want 0 (choose well) or at least 1ms", n.Lifetime)
	case n.MTU != 0 && n.MTU < 68:
		return fmt.Errorf("natlab: NAT.MTU is %d bytes; want 0 (choose well) or at least 68", n.MTU)
	case n.LAN != netip.Prefix{} && (!n.LAN.IsValid() || !n.LAN.Addr().Is4() || n.LAN.Bits() < 8 || n.LAN.Bits() > 28):
		return fmt.Errorf("natlab: NAT.LAN is %v; want an IPv4 network from /8 to /28", n.LAN)
	}
	return nil
}

// resolve puts the defaults in. n is valid.
func (n NAT) resolve() NAT {
	if n.Step == 0 {
		n.Step = 1
	}
	if n.Lifetime == 0 {
		n.Lifetime = DefaultLifetime
	}
	if n.MTU == 0 {
		n.MTU = ethernet
	}
	if n.LAN == (netip.Prefix{}) {
		n.LAN = netip.MustParsePrefix("192.168.1.0/24")
	}
	n.LAN = n.LAN.Masked()
	return n
}

// ethernet is the MTU of everything that has no other.
const ethernet = 1500
