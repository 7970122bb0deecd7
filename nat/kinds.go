package nat

import "fmt"

// Mapping is what a NAT does with one socket that talks to several others
// (RFC 4787).
type Mapping uint8

const (
	// MappingUnknown: too few answers to compare.
	MappingUnknown Mapping = iota
	// MappingNone: there is no NAT; the public address is the machine's own.
	MappingNone
	// MappingIndependent: everyone sees the same address and port, so what a
	// STUN server saw can be told to a player. Most home routers.
	MappingIndependent
	// MappingDependent: destinations see different ports or addresses, also
	// called symmetric; on what that depends is not known. What a STUN server
	// saw is of no use to a player.
	MappingDependent
	// MappingAddress: each destination address sees another, whatever the port.
	MappingAddress
	// MappingAddressPort: each destination address and port sees another.
	MappingAddressPort
)

var mappingNames = [...]string{"unknown", "none", "independent", "dependent", "address", "address-and-port"}

// Dependent reports whether m is one of the three that are called symmetric.
func (m Mapping) Dependent() bool { return m >= MappingDependent && m <= MappingAddressPort }

// String returns the mapping in lower case.
func (m Mapping) String() string { return name(mappingNames[:], uint8(m)) }

// MarshalText implements [encoding.TextMarshaler] with [Mapping.String].
func (m Mapping) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *Mapping) UnmarshalText(text []byte) error {
	i, err := index(mappingNames[:], text, "mapping")
	*m = Mapping(i)
	return err
}

// Filtering is whose packets a NAT or a firewall lets in (RFC 4787).
type Filtering uint8

const (
	// FilteringUnknown: nobody could find out. It takes a server with two
	// addresses.
	FilteringUnknown Filtering = iota
	// FilteringIndependent: everybody's, once the socket has sent anything.
	FilteringIndependent
	// FilteringAddress: those of addresses that the socket has sent to.
	FilteringAddress
	// FilteringAddressPort: those of addresses and ports that the socket has
	// sent to. Most home routers.
	FilteringAddressPort
)

var filteringNames = [...]string{"unknown", "independent", "address", "address-and-port"}

// String returns the filtering in lower case.
func (f Filtering) String() string { return name(filteringNames[:], uint8(f)) }

// MarshalText implements [encoding.TextMarshaler] with [Filtering.String].
func (f Filtering) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Filtering) UnmarshalText(text []byte) error {
	i, err := index(filteringNames[:], text, "filtering")
	*f = Filtering(i)
	return err
}

// Finding is the answer to a question that may stay open.
type Finding uint8

const (
	// Unknown: it could not be found out, or was not asked.
	Unknown Finding = iota
	// Yes, it is so.
	Yes
	// No, it is not.
	No
)

var findingNames = [...]string{"unknown", "yes", "no"}

// String returns the finding in lower case.
func (f Finding) String() string { return name(findingNames[:], uint8(f)) }

// MarshalText implements [encoding.TextMarshaler] with [Finding.String].
func (f Finding) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *Finding) UnmarshalText(text []byte) error {
	i, err := index(findingNames[:], text, "finding")
	*f = Finding(i)
	return err
}

func name(names []string, i uint8) string {
	if int(i) >= len(names) {
		i = 0
	}
	return names[i]
}

func index(names []string, text []byte, what string) (int, error) {
	for i, n := range names {
		if n == string(text) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("nat: %.40q is no %s", text, what)
}
