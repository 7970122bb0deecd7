package mesh

// AddressKind says how an address that packets go between was found.
type AddressKind uint8

// The kinds of addresses. [RelayAddress] alone means that a server forwards the
// packets.
const (
	HostAddress  AddressKind = iota + 1 // an interface of the machine has it
	STUNAddress                         // a NAT gave it, as a STUN server tells (server-reflexive)
	PeerAddress                         // a NAT gave it, as the other end saw (peer-reflexive)
	RelayAddress                        // a TURN server lends it
)

// String returns the kind as candidates spell it: host, srflx, prflx or relay;
// "" is not known.
func (k AddressKind) String() string {
	switch k {
	case HostAddress:
		return "host"
	case STUNAddress:
		return "srflx"
	case PeerAddress:
		return "prflx"
	case RelayAddress:
		return "relay"
	}
	return ""
}

// addressKind reads what String writes.
func addressKind(s string) AddressKind {
	for k := HostAddress; k <= RelayAddress; k++ {
		if k.String() == s {
			return k
		}
	}
	return 0
}
