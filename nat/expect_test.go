package nat

import (
	"encoding/json"
	"net/netip"
	"testing"
)

func player(m Mapping, f Filtering, step int, public string) Report {
	return Report{Servers: 1, V4: Reach{
		Mapping: m, Filtering: f, PortStep: step, Answered: 1, Public: netip.MustParseAddrPort(public),
		Local: netip.MustParseAddrPort("192.168.1.9:1"),
	}}
}

func TestBetween(t *testing.T) {
	const x, y = "192.0.2.1:1", "192.0.2.2:1"
	home := player(MappingIndependent, FilteringAddressPort, 0, x)
	sequential := player(MappingAddressPort, FilteringAddressPort, 1, y)
	random := player(MappingAddressPort, FilteringAddressPort, 0, y)
	v6 := Reach{Mapping: MappingNone, Answered: 1, Public: netip.MustParseAddrPort("[2001:db8::1]:1")}
	both := func(r Report) Report {
		r.V6 = v6
		return r
	}
	otherHome := home
	otherHome.V4.Local = netip.MustParseAddrPort("192.168.7.9:1")
	hairpins := otherHome
	hairpins.V4.Hairpin = Yes
	homeHairpins := home
	homeHairpins.V4.Hairpin = Yes
	carrier := home
	carrier.Router.External = netip.MustParseAddr("100.64.0.9")
	blocked := Report{Servers: 1, V4: Reach{Asked: 1}}
	for name, c := range map[string]struct {
		a, b Report
		want Expect
	}{
		"home and home":           {home, player(MappingIndependent, FilteringAddressPort, 0, y), ExpectDirect},
		"open and random":         {player(MappingNone, FilteringIndependent, 0, x), random, ExpectDirect},
		"home and sequential":     {home, sequential, ExpectPredicted},
		"home and random":         {home, random, ExpectRelay},
		"both sequential":         {player(MappingAddress, FilteringAddressPort, 2, x), sequential, ExpectPredicted},
		"random, by IPv6":         {both(random), both(home), ExpectDirect},
		"random, one has IPv6":    {both(random), home, ExpectRelay},
		"unknown mapping":         {player(MappingUnknown, FilteringUnknown, 0, x), home, ExpectUnknown},
		"unknown filtering":       {player(MappingIndependent, FilteringUnknown, 0, x), random, ExpectRelay},
		"never asked":             {Report{}, home, ExpectUnknown},
		"blocked":                 {blocked, home, ExpectNothing},
		"one home":                {home, home, ExpectDirect},
		"two networks, one NAT":   {home, otherHome, ExpectRelay},
		"two networks, hairpin":   {homeHairpins, hairpins, ExpectDirect},
		"one carrier, two homes":  {carrier, carrier, ExpectRelay},
		"IPv4 here, IPv6 there":   {home, Report{Servers: 1, V6: v6}, ExpectRelay},
		"address and random":      {player(MappingIndependent, FilteringAddress, 0, x), random, ExpectDirect},
		"dependent on one server": {player(MappingDependent, FilteringUnknown, 0, y), home, ExpectRelay},
	} {
		if got, back := Between(c.a, c.b), Between(c.b, c.a); got != c.want || back != got {
			t.Errorf("%s: %v, back %v; want %v", name, got, back, c.want)
		}
	}
}

func TestNamesGoToJSONAndBack(t *testing.T) {
	type all struct {
		M Mapping
		F Filtering
		H Finding
		E Expect
	}
	for i := range uint8(6) {
		want := all{Mapping(i), Filtering(min(i, 3)), Finding(min(i, 2)), Expect(min(i, 4))}
		b, err := json.Marshal(want)
		var got all
		if err == nil {
			err = json.Unmarshal(b, &got)
		}
		if err != nil || got != want {
			t.Errorf("%+v becomes %s, %+v, %v", want, b, got, err)
		}
	}
	for _, bad := range []string{`{"M":"cone"}`, `{"F":"dependent"}`, `{"H":"maybe"}`, `{"E":"luck"}`} {
		if err := json.Unmarshal([]byte(bad), new(all)); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}
