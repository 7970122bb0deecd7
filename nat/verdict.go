package nat

import "fmt"

// Code names a [Verdict] or a [Problem] for programs and translators. Codes are
// never renamed.
type Code string

// The codes of a [Verdict], best first.
const (
	// CodeOpen: no NAT in the way.
	CodeOpen Code = "open"
	// CodeDirect: a NAT that lets players connect directly.
	CodeDirect Code = "direct"
	// CodeUnknown: public address known, mapping not.
	CodeUnknown Code = "unknown"
	// CodeSymmetric: a NAT that gives every destination another port; with
	// some players a third one or a server has to relay.
	CodeSymmetric Code = "symmetric"
	// CodeBlocked: nobody answered; UDP is probably blocked.
	CodeBlocked Code = "blocked"
	// CodeNoNames: the machine has a network, but no name could be looked up.
	CodeNoNames Code = "no-names"
	// CodeOffline: the machine has no network.
	CodeOffline Code = "offline"
	// CodeNoServer: there was nobody to ask.
	CodeNoServer Code = "no-server"
)

// Verdict is a [Report] in words.
type Verdict struct {
	// Code is the same in every language.
	Code Code `json:"code"`
	// Sentence says how it is, in one English sentence.
	Sentence string `json:"sentence"`
	// Advice says what a player can do about it; "" when nothing needs doing.
	Advice string `json:"advice"`
}

// String returns sentence and advice.
func (v Verdict) String() string {
	if v.Advice == "" {
		return v.Sentence
	}
	return v.Sentence + " " + v.Advice
}

// Verdict says in one word and one sentence whether players can connect. It
// judges by IPv4 if that answered, because nearly all players have it, else by
// IPv6. [Report.Problems] has the rest.
func (r Report) Verdict() Verdict {
	best := r.best()
	switch {
	case r.Servers == 0:
		return Verdict{
			CodeNoServer, "No STUN server was asked, so nothing is known about this network.",
			"Name one, as in stun:stun.example.org:3478, or take those that the lobby names.",
		}
	case best.Answered == 0:
		return r.silence()
	}
	seen := best.Public.Addr()
	switch {
	case best.Mapping == MappingNone:
		return Verdict{
			CodeOpen, fmt.Sprintf("This machine has the public address %v of its own; players can reach it directly.", seen),
			"Should others not get through all the same, let the game pass the firewall for UDP.",
		}
	case best.Mapping == MappingIndependent:
		return Verdict{CodeDirect, fmt.Sprintf("Your router shows everyone the same address (%v); direct connections work with nearly all players.", seen), ""}
	case best.Mapping.Dependent():
		advice := "Turn on UPnP or \"open NAT\" in the router, or play without a VPN; otherwise some matches go through a relay and are a little slower."
		if r.V6.Answered > 0 && !r.V6.Mapping.Dependent() {
			advice = "Players with IPv6 reach you directly. " + advice
		}
		return Verdict{
			CodeSymmetric,
			fmt.Sprintf("Your router (%v) shows each player another port (symmetric NAT), so a direct connection works with some players only.", seen), advice,
		}
	}
	return Verdict{
		CodeUnknown, fmt.Sprintf("Others see you at %v; what your router does with the port cannot be told from one answer.", seen),
		"Ask a second STUN server, or the same one on a second port.",
	}
}

// silence is the verdict when nobody answered.
func (r Report) silence() Verdict {
	switch {
	case !r.Online:
		return Verdict{CodeOffline, "This machine has no way into the internet.", "See whether it is online: the cable, the Wi-Fi, the aeroplane mode."}
	case r.Unresolved == r.Servers:
		return Verdict{
			CodeNoNames, "This machine has a network, but no STUN server could be found by its name.",
			"See whether web pages open and whether the names are spelled right; another DNS server in the network settings may help.",
		}
	}
	return Verdict{
		CodeBlocked, "No STUN server answered: this network seems to block UDP, or the servers are down.",
		"Let the game pass the firewall for UDP, or try another network, such as a phone's hotspot.",
	}
}
