package nat

import (
	"fmt"
	"net/netip"
	"time"
)

// Mapping is what a NAT does with one socket that talks to several others
// (RFC 4787).
type Mapping uint8

const (
	// MappingUnknown: fewer than two answers to compare.
	MappingUnknown Mapping = iota
	// MappingNone: there is no NAT; the public address is the machine's own.
	MappingNone
	// MappingIndependent: everyone sees the same address and port, so what a
	// STUN server saw can be told to a player. Most home routers.
	MappingIndependent
	// MappingDependent: each destination sees another port or address, also
	// called symmetric. What a STUN server saw is of no use to a player.
	MappingDependent
)

var mappingNames = [...]string{"unknown", "none", "independent", "dependent"}

// String returns the mapping in lower case.
func (m Mapping) String() string {
	if int(m) >= len(mappingNames) {
		return mappingNames[MappingUnknown]
	}
	return mappingNames[m]
}

// MarshalText implements [encoding.TextMarshaler] with [Mapping.String].
func (m Mapping) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mapping) UnmarshalText(text []byte) error {
	for i, name := range mappingNames {
		if name == string(text) {
			*m = Mapping(i)
			return nil
		}
	}
	return fmt.Errorf("nat: %.40q is no mapping", text)
}

// Reach is what one address family of this machine can do.
type Reach struct {
	// Local is the address and port that the probe was sent from; the zero
	// AddrPort if the machine has no route for this family.
	Local netip.AddrPort `json:"local"`
	// Public is the address and port that the first server to answer saw; the
	// zero AddrPort if none answered.
	Public netip.AddrPort `json:"public"`
	// Mapping is what the NAT does; see there.
	Mapping Mapping `json:"mapping"`
	// PortKept says that Public has the port of Local.
	PortKept bool `json:"port_kept"`
	// Asked and Answered count addresses of servers, not packets.
	Asked    int `json:"asked"`
	Answered int `json:"answered"`
	// RTT is the time to the server that answered first, 0 if none did.
	RTT time.Duration `json:"rtt_ns"`
}

// Report is what [Probe] found. It is a plain value that goes to JSON and back;
// the zero Report is that of a probe that was never made.
type Report struct {
	// V4 and V6 are the two address families.
	V4 Reach `json:"v4"`
	V6 Reach `json:"v6"`
	// Servers is how many were to be asked.
	Servers int `json:"servers"`
	// Unresolved is how many of them have a name that could not be looked up.
	Unresolved int `json:"unresolved"`
	// Stray counts datagrams that answered nothing that was asked: wrong
	// sender, wrong number, or junk.
	Stray int `json:"stray"`
}
