//go:build !js

package nat

import (
	"net/netip"
	"time"
)

// mapping judges by all that the mapper was told.
func (e *exam) mapping() Mapping {
	answers := e.mapped()
	if len(answers) == 0 {
		return MappingUnknown
	}
	samePort, sameOnly, differ := false, true, false // pairs of one address
	for i, a := range answers {
		for _, b := range answers[:i] {
			one := a.to.Addr() == b.to.Addr()
			equal := a.public == b.public
			switch {
			case one && !equal:
				return MappingAddressPort
			case one:
				samePort = true
			case !equal:
				differ = true
			}
			sameOnly = sameOnly && equal
		}
	}
	switch {
	case differ && samePort:
		return MappingAddress
	case differ:
		return MappingDependent
	case answers[0].public == e.local[mapper]:
		return MappingNone
	case len(answers) > 1 && sameOnly:
		return MappingIndependent
	}
	return MappingUnknown
}

// filtering judges by what the filter socket heard from whom it never sent to.
func (e *exam) filtering(now time.Duration) Filtering {
	if e.control == nil || !e.control.public.IsValid() || e.farBoth == nil {
		return FilteringUnknown
	}
	if e.fromOther != nil && e.fromOther.answeredAs(e.fromOther.expect) {
		return FilteringIndependent
	}
	// Silence means something only if whoever was silent is there.
	if !e.farBoth.public.IsValid() {
		return FilteringUnknown
	}
	p := e.patience()
	switch port := e.fromPort; {
	case port == nil:
		return FilteringUnknown
	case port.silent(now, p) && (e.farPort == nil || e.farPort.public.IsValid()):
		return FilteringAddressPort
	case port.answeredAs(port.expect) && e.fromOther != nil && e.fromOther.silent(now, p):
		return FilteringAddress
	}
	return FilteringUnknown
}

// addresses counts those that answered the mapper.
func (e *exam) addresses() int {
	seen := make(map[netip.Addr]bool)
	for _, q := range e.mapped() {
		seen[q.to.Addr()] = true
	}
	return len(seen)
}

func (e *exam) hairpin(now time.Duration) Finding {
	if !e.hairpinAsked {
		return Unknown
	}
	all := true
	p := e.patience()
	for _, q := range e.hairpins {
		if q.returned {
			return Yes
		}
		all = all && q.silent(now, p)
	}
	switch {
	case !all || len(e.hairpins) == 0:
		return Unknown
	case e.mapping().Dependent() && !e.predicted && e.filtering(now) != FilteringIndependent:
		return Unknown // nothing could have come through
	case e.addresses() < 2 && e.mapping() != MappingAddressPort:
		return Unknown // the mapping may be another, and then likewise
	}
	return No
}

func (e *exam) largePackets(now time.Duration) Finding {
	switch q := e.large; {
	case q == nil:
		return Unknown
	case q.done():
		return Yes // if with an error: it was read
	case q.silent(now, e.patience()):
		return No
	}
	return Unknown
}

// step is [Survey.Step] for the mapper.
func (e *exam) step() (int, bool) {
	var publics []netip.AddrPort
	for _, q := range e.mapped() {
		publics = append(publics, q.public)
	}
	n, ok := portStep(publics)
	if c := e.control; ok && !e.portKept() && c != nil && c.public.IsValid() {
		// Where the router counts, the other socket got one of the next.
		d := int(int16(c.public.Port() - publics[len(publics)-1].Port()))
		ok = abs(d) <= others*maxStep
	}
	if !ok {
		return 0, false
	}
	return n, true
}

// portKept reports whether the mapper's port was seen outside.
func (e *exam) portKept() bool {
	for _, q := range e.mapped() {
		if q.public.Port() == e.local[mapper].Port() {
			return true
		}
	}
	return false
}

// reach puts what was found into words of the report.
func (e *exam) reach(now time.Duration) Reach {
	out := Reach{
		Local: e.local[mapper], Mapping: e.mapping(), Filtering: e.filtering(now),
		Hairpin: e.hairpin(now), Large: e.largePackets(now),
	}
	out.Addresses, out.PortKept = e.addresses(), e.portKept()
	for i, q := range e.mapped() {
		if i == 0 || q.rtt < out.RTT {
			out.Public, out.RTT = q.public, q.rtt
		}
	}
	for _, q := range e.queries[:e.named] {
		if q.sent > 0 {
			out.Asked++
		}
		if q.public.IsValid() {
			out.Answered++
		}
	}
	out.PortStep, _ = e.step()
	return out
}
