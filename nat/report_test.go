package nat

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestServers(t *testing.T) {
	for text, want := range map[string]server{
		"stun:a.example:3479": {host: "a.example", port: 3479},
		"stun:a.example":      {host: "a.example", port: 3478},
		"STUN:127.0.0.1:1":    {host: "127.0.0.1", port: 1},
		"stun:[::1]:65535":    {host: "::1", port: 65535},
		"stun:[2001:db8::1]":  {host: "2001:db8::1", port: 3478},
	} {
		want.name = text
		if got, err := parseServer(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if err := (Config{Servers: []string{text}}).Validate(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "stun", "stun:", "stun::1", "a.example:3478", "turn:a.example", "stuns:a.example", "stun:a.example:0", "stun:a.example:65536",
		"stun:a.example:", "stun:a.example:-1", "stun:::1", "stun:[::1", "stun:[::1]1", "stun:[127.0.0.1]:1", "stun:[]:1", "stun://a.example",
		"stun:a b", "stun:a.example?transport=udp", "stun:" + strings.Repeat("a", 300), "stun:a:+1", "stun:a\x00b",
	} {
		err := Config{Servers: []string{text}}.Validate()
		var e *ServerError
		if !errors.As(err, &e) || e.Server != text || !strings.Contains(err.Error(), "stun:host:port") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	if err := (Config{}).Validate(); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]Config{
		"many":  {Servers: make([]string, MaxServers+1)},
		"long":  {Timeout: MaxTime + 1},
		"short": {Timeout: -1},
		"young": {Lifetime: leastLifetime - 1},
		"old":   {Lifetime: MaxLifetime + 1},
	} {
		if bad.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func reach(mapping Mapping) Reach {
	a := netip.MustParseAddrPort("192.0.2.1:9")
	return Reach{Local: a, Public: a, Mapping: mapping, Asked: 2, Answered: 2, RTT: time.Millisecond, PortKept: true}
}

func TestVerdicts(t *testing.T) {
	silent := Reach{Local: netip.MustParseAddrPort("10.0.0.1:9"), Asked: 2}
	for _, c := range []struct {
		r    Report
		want Code
	}{
		{Report{}, CodeNoServer},
		{Report{Servers: 2, V4: reach(MappingNone)}, CodeOpen},
		{Report{Servers: 2, V4: reach(MappingIndependent)}, CodeDirect},
		{Report{Servers: 2, V4: reach(MappingDependent)}, CodeSymmetric},
		{Report{Servers: 2, V4: reach(MappingAddress)}, CodeSymmetric},
		{Report{Servers: 2, V4: reach(MappingAddressPort)}, CodeSymmetric},
		{Report{Servers: 2, V4: reach(MappingUnknown)}, CodeUnknown},
		{Report{Servers: 2, V4: reach(MappingDependent), V6: reach(MappingNone)}, CodeSymmetric},
		{Report{Servers: 2, V4: silent, V6: reach(MappingNone)}, CodeOpen},
		{Report{Servers: 2, Online: true, V4: silent}, CodeBlocked},
		{Report{Servers: 2, V4: Reach{Asked: 2}}, CodeOffline},
		{Report{Servers: 2, Unresolved: 2}, CodeOffline},
		{Report{Servers: 2, Unresolved: 2, Online: true}, CodeNoNames},
		{Report{Servers: 2, Unresolved: 1, Online: true, V4: silent}, CodeBlocked},
	} {
		v := c.r.Verdict()
		if v.Code != c.want {
			t.Errorf("%+v is %s, want %s", c.r, v.Code, c.want)
		}
		if !strings.HasSuffix(v.Sentence, ".") || strings.Contains(v.Sentence, "invalid") || v.Advice == "" && v.Code != CodeDirect {
			t.Errorf("%s says %q, advises %q", v.Code, v.Sentence, v.Advice)
		}
	}
	both := Report{Servers: 2, V4: reach(MappingDependent), V6: reach(MappingNone)}.Verdict()
	if !strings.Contains(both.String(), "IPv6") {
		t.Errorf("%s", both)
	}
}

func TestReportJSON(t *testing.T) {
	for _, want := range []Report{{}, {
		Servers: 3, Stray: 1, Unresolved: 1, Online: true, Sent: 9, V6: Reach{Asked: 1},
		V4: Reach{
			Mapping: MappingAddress, Filtering: FilteringAddressPort, Hairpin: Yes, Large: No, PortStep: -2,
			Lifetime: time.Second, Expired: time.Minute, Addresses: 2,
		},
		Router: Router{Asked: true, Maps: true, External: netip.MustParseAddr("192.0.2.7")},
	}} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Report
		if err := json.Unmarshal(b, &got); err != nil || got != want {
			t.Errorf("%s becomes %+v, %v", b, got, err)
		}
	}
	b, _ := json.Marshal(Report{Servers: 1, V4: reach(MappingDependent)})
	if !strings.Contains(string(b), `"mapping":"dependent","filtering":"unknown","hairpin":"unknown"`) || !strings.Contains(string(b), `"public":"192.0.2.1:9"`) {
		t.Errorf("%s", b)
	}
	var m Mapping
	if err := m.UnmarshalText([]byte("cone")); err == nil || Mapping(200).String() != "unknown" {
		t.Errorf("%v, %v", err, Mapping(200))
	}
}

func FuzzParseServer(f *testing.F) {
	f.Add("stun:[::1]:3478")
	f.Add("stun:a.example")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseServer(text)
		if err != nil {
			return
		}
		if s.host == "" || s.port == 0 || strings.ContainsAny(s.host, " []/") && !strings.ContainsAny(text, "[]") {
			t.Fatalf("%q is %+v", text, s)
		}
	})
}
