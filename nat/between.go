package nat

// Expect is how two players will connect, as far as their reports tell.
type Expect uint8

const (
	// ExpectUnknown: one of the reports does not say enough.
	ExpectUnknown Expect = iota
	// ExpectDirect: they connect directly.
	ExpectDirect
	// ExpectPredicted: they connect directly if the next port of a NAT is guessed
	// right, which takes a moment longer.
	ExpectPredicted
	// ExpectRelay: a third player or a server has to relay.
	ExpectRelay
	// ExpectNothing: one of them gets no UDP through at all, not even to a relay.
	ExpectNothing
)

var expectNames = [...]string{"unknown", "direct", "predicted", "relay", "nothing"}

// String returns the expectation in lower case.
func (e Expect) String() string { return name(expectNames[:], uint8(e)) }

// MarshalText implements [encoding.TextMarshaler] with [Expect.String].
func (e Expect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (e *Expect) UnmarshalText(text []byte) error {
	i, err := index(expectNames[:], text, "expectation")
	*e = Expect(i)
	return err
}

// Between says how two players will connect; the order does not matter. It is a
// forecast for a lobby's list or a test's table, not a promise: firewalls on the
// machines are not in it.
func Between(a, b Report) Expect {
	// Two customers of one carrier share an address, and are not in one home.
	home := !a.CarrierNAT() && !b.CarrierNAT()
	v4, v6 := meet(a.V4, b.V4, home), meet(a.V6, b.V6, home)
	switch {
	case a.best().Answered == 0 || b.best().Answered == 0:
		if a.Servers == 0 || b.Servers == 0 {
			return ExpectUnknown
		}
		return ExpectNothing
	case v4 == ExpectDirect || v6 == ExpectDirect:
		return ExpectDirect
	case v4 == ExpectPredicted || v6 == ExpectPredicted:
		return ExpectPredicted
	case v4 == ExpectUnknown && v6 != ExpectRelay || v6 == ExpectUnknown && v4 != ExpectRelay:
		return ExpectUnknown
	}
	return ExpectRelay
}

// meet is Between for one family; ExpectNothing if one of the two lacks it.
func meet(a, b Reach, home bool) Expect {
	switch {
	case a.Answered == 0 || b.Answered == 0:
		return ExpectNothing
	case a.Mapping == MappingUnknown || b.Mapping == MappingUnknown:
		return ExpectUnknown
	case a.Public.Addr() == b.Public.Addr() && a.Mapping != MappingNone:
		return neighbours(a, b, home)
	}
	return across(a, b)
}

// neighbours are two behind the same router: they meet in its network if they
// are in the same one, else by hairpin.
func neighbours(a, b Reach, home bool) Expect {
	pa, err := a.Local.Addr().Prefix(localBits(a))
	if err == nil && home && pa.Contains(b.Local.Addr()) {
		return ExpectDirect
	}
	if a.Hairpin == Yes && b.Hairpin == Yes {
		return across(a, b)
	}
	return ExpectRelay
}

// localBits is how much of an address the machines of one home share.
func localBits(r Reach) int {
	if r.Local.Addr().Is4() {
		return 24
	}
	return 64
}

func across(a, b Reach) Expect {
	switch {
	case opens(a, b, known) || opens(b, a, known):
		return ExpectDirect
	case opens(a, b, guessed) || opens(b, a, guessed):
		return ExpectPredicted
	}
	return ExpectRelay
}

// known reports whether a player can be told the port that another one will
// see.
func known(r Reach) bool { return !r.Mapping.Dependent() }

// guessed reports whether it can at least be guessed.
func guessed(r Reach) bool { return known(r) || r.PortStep != 0 }

// opens reports whether a's packet gets through to b, and b's answer back to a.
// ports says whose port can be told beforehand.
func opens(a, b Reach, ports func(Reach) bool) bool {
	// The packet goes to the port of b that a was told. That is either the one
	// that b uses towards a, and then b's own packets have opened the filter, or
	// one that b has for somebody else.
	in := false
	switch b.filtering() {
	case FilteringIndependent:
		in = true
	case FilteringAddress:
		in = ports(b)
	default:
		in = ports(b) && ports(a)
	}
	if !in {
		return false
	}
	// The answer leaves by the port that b has towards a. Unless that is the one
	// that a sent to, a's filter must not mind the port.
	return ports(b) || a.filtering() != FilteringAddressPort
}

// filtering takes the strictest for one that is not known.
func (r Reach) filtering() Filtering {
	if r.Filtering == FilteringUnknown {
		return FilteringAddressPort
	}
	return r.Filtering
}
