package nat

import (
	"fmt"
	"time"
)

// The codes of a [Problem], the gravest first; CodeOffline, CodeNoNames,
// CodeBlocked and CodeNoServer are problems as well.
const (
	// ProblemOnlyIPv6: there is no IPv4 at all.
	ProblemOnlyIPv6 Code = "only-ipv6"
	// ProblemSymmetricRandom: another port for everyone, and nobody can tell
	// which.
	ProblemSymmetricRandom Code = "symmetric-random"
	// ProblemSymmetricSequential: another port for everyone, one after the
	// other.
	ProblemSymmetricSequential Code = "symmetric-sequential"
	// ProblemLargePackets: large packets vanish, an MTU hole.
	ProblemLargePackets Code = "mtu-hole"
	// ProblemCarrierNAT: the provider's NAT stands before the home router. If its
	// mapping is symmetric, that is a problem of its own.
	ProblemCarrierNAT Code = "carrier-nat"
	// ProblemDoubleNAT: two routers stand one behind the other.
	ProblemDoubleNAT Code = "double-nat"
	// ProblemShortLifetime: the router forgets a connection that is silent for
	// less than [GoodLifetime].
	ProblemShortLifetime Code = "short-lifetime"
	// ProblemStrictFiltering: only whom one has sent to, from that very port,
	// comes in.
	ProblemStrictFiltering Code = "strict-filtering"
	// ProblemNoHairpin: two players behind this router do not reach each other at
	// their public addresses.
	ProblemNoHairpin Code = "no-hairpin"
	// ProblemNoPortMapping: the router opens no port when a game asks for one.
	ProblemNoPortMapping Code = "no-port-mapping"
	// ProblemOneAddress: the servers could not tell everything.
	ProblemOneAddress Code = "one-address"
)

// GoodLifetime is the silence that a mapping should survive: WebRTC's consent
// checks come several times within.
const GoodLifetime = 30 * time.Second

// Level says how much a [Problem] matters.
type Level string

// The levels.
const (
	// LevelFatal: no player can be reached.
	LevelFatal Level = "fatal"
	// LevelTrouble: players connect, but some only through a relay, or badly.
	LevelTrouble Level = "trouble"
	// LevelNote: it is so, and players connect all the same.
	LevelNote Level = "note"
)

// Problem is one thing that stands in the way.
type Problem struct {
	// Code is the same in every language.
	Code Code `json:"code"`
	// Level says how much it matters.
	Level Level `json:"level"`
	// Sentence says how it is, in one English sentence.
	Sentence string `json:"sentence"`
	// Advice says what a player can do about it; "" when nothing needs doing.
	Advice string `json:"advice"`
}

// Problems returns everything that was found to stand in the way, the gravest
// first; nil if there is nothing.
func (r Report) Problems() []Problem {
	best := r.best()
	if r.Servers == 0 || best.Answered == 0 {
		v, level := r.Verdict(), LevelFatal
		if v.Code == CodeNoServer {
			level = LevelNote // it may all be well
		}
		return []Problem{{v.Code, level, v.Sentence, v.Advice}}
	}
	var out []Problem
	note := func(is bool, p Problem) {
		if is {
			out = append(out, p)
		}
	}
	symmetric := best.Mapping.Dependent()
	note(symmetric && best.PortStep == 0, Problem{
		ProblemSymmetricRandom, LevelTrouble,
		"Your router shows each player another port, drawn at random (symmetric NAT): nobody can know it beforehand.",
		"Turn on UPnP or \"open NAT\" in the router, or play without a VPN; otherwise many matches go through a relay.",
	})
	note(symmetric && best.PortStep != 0, Problem{
		ProblemSymmetricSequential, LevelTrouble,
		fmt.Sprintf("Your router shows each player another port (symmetric NAT), each %d from the last, so the next one can be guessed.", best.PortStep),
		"Turn on UPnP or \"open NAT\" in the router; otherwise connecting takes a little longer, or goes through a relay.",
	})
	note(r.V4.Answered == 0 && !r.V4.Local.IsValid(), Problem{
		ProblemOnlyIPv6, LevelTrouble,
		"This network has IPv6 only: players without IPv6 are reached through a relay.", "",
	})
	note(best.Large == No, Problem{
		ProblemLargePackets, LevelTrouble,
		fmt.Sprintf("Packets of %d bytes vanish on the way, without a word (MTU hole).", LargeSize),
		"Lower the MTU in the router or the VPN to 1,280, or let ICMP pass the firewall.",
	})
	return append(out, r.notes(best)...)
}

// notes are the problems that keep nobody from playing.
func (r Report) notes(best Reach) (out []Problem) {
	note := func(is bool, p Problem) {
		if is {
			p.Level = LevelNote
			out = append(out, p)
		}
	}
	note(r.CarrierNAT(), Problem{
		Code:     ProblemCarrierNAT,
		Sentence: "Your provider shares one public address among many customers (CGNAT), so opening a port in your router does not help.",
		Advice:   "Ask the provider for a public IPv4 address, or for IPv6.",
	})
	note(r.DoubleNAT(), Problem{
		Code:     ProblemDoubleNAT,
		Sentence: fmt.Sprintf("Two routers stand one behind the other: yours has the outside address %v, and players see %v.", r.Router.External, r.V4.Public.Addr()),
		Advice:   "Set one of the two to bridge mode, or plug this machine into the outer one.",
	})
	note(best.Expired > 0 && best.Expired <= GoodLifetime, Problem{
		Code:     ProblemShortLifetime,
		Sentence: fmt.Sprintf("Your router forgets a connection that is silent for %v.", best.Expired),
		Advice:   "The game sends often enough; other programs may not.",
	})
	note(best.Filtering == FilteringAddressPort, Problem{
		Code:     ProblemStrictFiltering,
		Sentence: "Your router lets in only whom you sent to, from that very port: both sides have to knock.",
		Advice:   "That is usual. Only players with a symmetric NAT are harder to reach.",
	})
	note(best.Hairpin == No && best.Mapping != MappingNone, Problem{
		Code:     ProblemNoHairpin,
		Sentence: "Two players behind your router do not reach each other at its public address (no hairpinning).",
		Advice:   "In one home they use the local network; nothing needs doing.",
	})
	note(r.Router.Asked && !r.Router.Maps && best.Mapping != MappingNone, Problem{
		Code:     ProblemNoPortMapping,
		Sentence: "Your router opens no port when a game asks for one (UPnP and NAT-PMP are off).",
		Advice:   "Turn UPnP on if others have trouble reaching you.",
	})
	note(best.Mapping == MappingUnknown || best.Addresses < 2 && best.Filtering == FilteringUnknown, Problem{
		Code:     ProblemOneAddress,
		Sentence: "Only one address answered, so not all could be found out: the filtering is unknown.",
		Advice:   "Name a STUN server with two addresses (RFC 5780), or two servers.",
	})
	return out
}
