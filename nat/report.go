package nat

import (
	"net/netip"
	"time"
)

// LargeSize is the size in bytes of the UDP packet by which [Reach.Large] is
// found out: the largest that every IPv6 network must carry, and as large as
// the mesh's packets get.
const LargeSize = 1232

// MaxPackets is how many packets one probe sends at most, both families
// together; those for [Config.Lifetime] are not counted.
const MaxPackets = 30

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
	// Filtering is whom the NAT, or a firewall, lets in; see there. It takes a
	// server with two addresses to find out.
	Filtering Filtering `json:"filtering"`
	// Hairpin says whether two sockets behind the NAT reach each other at their
	// public addresses. It stays unknown without a NAT, and where mapping and
	// filtering hide it: there it is of no use either.
	Hairpin Finding `json:"hairpin"`
	// Large says whether packets of [LargeSize] bytes get through; no is an MTU
	// hole. It takes a server of RFC 5780 to find out.
	Large Finding `json:"large"`
	// PortKept says that Public has the port of Local.
	PortKept bool `json:"port_kept"`
	// PortStep is by how much the public port grows from one destination to the
	// next, −16 to 16; 0 if it does not, or at random.
	PortStep int `json:"port_step"`
	// Lifetime is the longest silence that a mapping survived, and Expired the
	// shortest that it did not; 0 if that was not seen. See [Config.Lifetime].
	Lifetime time.Duration `json:"lifetime_ns"`
	Expired  time.Duration `json:"expired_ns"`
	// Asked and Answered count addresses of servers, not packets.
	Asked    int `json:"asked"`
	Answered int `json:"answered"`
	// Addresses counts the different IP addresses that answered, a server's
	// other address included. With one, an independent mapping may be one that
	// depends on the address: nobody could see the difference.
	Addresses int `json:"addresses"`
	// RTT is the time to the server that answered first, 0 if none did.
	RTT time.Duration `json:"rtt_ns"`
}

// Router is what the home router said about itself, over UPnP or NAT-PMP.
type Router struct {
	// Asked says that it was asked at all.
	Asked bool `json:"asked"`
	// Maps says that it lets games open ports.
	Maps bool `json:"maps"`
	// External is its outside address; the zero Addr if it did not say.
	External netip.Addr `json:"external"`
}

// Report is what [Probe] found. It is a plain value that goes to JSON and back;
// the zero Report is that of a probe that was never made. Fields are added, and
// never renamed.
type Report struct {
	// V4 and V6 are the two address families.
	V4 Reach `json:"v4"`
	V6 Reach `json:"v6"`
	// Router is the home router's own word.
	Router Router `json:"router"`
	// Servers is how many were to be asked.
	Servers int `json:"servers"`
	// Unresolved is how many of them have a name that could not be looked up.
	Unresolved int `json:"unresolved"`
	// Online says that the machine has a way into the internet, as far as its
	// system knows.
	Online bool `json:"online"`
	// Sent counts the packets that the probe sent, those for the lifetime not
	// counted; at most [MaxPackets].
	Sent int `json:"sent"`
	// Stray counts datagrams that answered nothing that was asked: wrong
	// sender, wrong number, or junk.
	Stray int `json:"stray"`
}

// carriers are the addresses that a provider's own NAT hands out, RFC 6598.
var carriers = netip.MustParsePrefix("100.64.0.0/10")

// CarrierNAT reports whether a NAT of the provider's stands before the home
// router, or before this machine: it is known by its addresses. Without a word
// from the router only the machine's own address can tell.
func (r Report) CarrierNAT() bool {
	return carriers.Contains(r.Router.External) ||
		r.V4.Answered > 0 && carriers.Contains(r.V4.Local.Addr()) && r.V4.Local.Addr() != r.V4.Public.Addr()
}

// DoubleNAT reports whether the outside address of the home router is not the
// one that servers see, though the provider's NAT is not known to be why: one
// more router stands between.
func (r Report) DoubleNAT() bool {
	e := r.Router.External
	return e.IsValid() && r.V4.Answered > 0 && e != r.V4.Public.Addr() && !r.CarrierNAT()
}

// best is the family that a game would use: IPv4 if it answered, because nearly
// all players have it.
func (r Report) best() Reach {
	if r.V4.Answered == 0 && r.V6.Answered > 0 {
		return r.V6
	}
	return r.V4
}
