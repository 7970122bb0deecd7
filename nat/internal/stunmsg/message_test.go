//go:build !js

package stunmsg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/pion/stun/v2"
)

var id = ID{1, 2, 3, 11: 12}

// message builds a raw one from attributes of any length.
func message(kind uint16, attributes ...[]byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = append(b, 0, 0, 0x21, 0x12, 0xa4, 0x42)
	b = append(b, id[:]...)
	for _, a := range attributes {
		b = append(b, a...)
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-headerSize))
	return b
}

func attribute(kind, length uint16, value ...byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = binary.BigEndian.AppendUint16(b, length)
	return append(b, value...)
}

// emptyAddress is what makes the library panic: GHSA-34rh-wp3j-6cxc.
func emptyAddress() []byte { return message(0x0101, attribute(0x0020, 0)) }

func TestRoundTrip(t *testing.T) {
	got, err := Parse(AppendRequest(nil, id))
	if err != nil || got.Kind != Request || got.ID != id || got.Unknown != nil {
		t.Errorf("request: %+v, %v", got, err)
	}
	for text, want := range map[string]string{
		"192.0.2.1:1": "192.0.2.1:1", "[2001:db8::1]:65535": "[2001:db8::1]:65535", "[::ffff:192.0.2.7]:99": "192.0.2.7:99",
	} {
		b := AppendSuccess([]byte("head"), id, netip.MustParseAddrPort(text))
		got, err := Parse(b[4:])
		if err != nil || got.Kind != Success || got.ID != id || got.Mapped.String() != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	got, err = Parse(AppendUnknown(nil, id, []uint16{4, 0x7777}))
	if err != nil || got.Kind != Failure || got.Code != 420 {
		t.Errorf("failure: %+v, %v", got, err)
	}
}

func TestBehaviourRoundTrip(t *testing.T) {
	for _, want := range []Wish{
		{},
		{ChangeIP: true},
		{ChangePort: true},
		{ChangeIP: true, ChangePort: true, Port: 65535, Padding: 1000},
		{Port: 1, Padding: 4},
	} {
		b := AppendAsk(nil, id, want)
		if got, err := Parse(b); err != nil || got.Wish != want || got.Unknown != nil {
			t.Errorf("%+v becomes %+v, %v", want, got, err)
		}
	}
	want := Answer{
		To: netip.MustParseAddrPort("192.0.2.1:1"), Other: netip.MustParseAddrPort("[2001:db8::2]:2"),
		Origin: netip.MustParseAddrPort("198.51.100.3:3"), Padding: 8,
	}
	b := AppendAnswer(nil, id, want)
	got, err := Parse(b)
	if err != nil || got.Mapped != want.To || got.Other != want.Other || got.Origin != want.Origin {
		t.Errorf("%+v becomes %+v, %v", want, got, err)
	}
	size := headerSize + 2*AddressSize(want.To.Addr()) + AddressSize(want.Other.Addr()) + attributeHead + 8
	if len(b) != size {
		t.Errorf("%d bytes, want %d", len(b), size)
	}
	largest := AppendAsk(nil, id, Wish{Padding: MaxSize - headerSize - attributeHead})
	if len(largest) != MaxSize {
		t.Errorf("the largest request has %d bytes", len(largest))
	}
	if _, err := Parse(largest); err != nil {
		t.Error(err)
	}
}

// What a server says about itself is not needed; what is wrong in it is as good
// as not said.
func TestOtherAddressIsChecked(t *testing.T) {
	good := attribute(0x0020, 8, 0, 1, 0x21, 0x13, 1, 1, 1, 1)
	for name, other := range map[string][]byte{
		"empty":     attribute(0x802c, 0),
		"short":     attribute(0x802c, 4, 0, 1, 0, 9),
		"family":    attribute(0x802c, 8, 0, 3, 0, 9, 192, 0, 2, 1),
		"v4 as v6":  attribute(0x802c, 8, 0, 2, 0, 9, 192, 0, 2, 1),
		"port 0":    attribute(0x802c, 8, 0, 1, 0, 0, 192, 0, 2, 1),
		"no port":   attribute(0x802c, 8, 0, 1, 0, 0, 0, 0, 0, 0),
		"multicast": attribute(0x802c, 8, 0, 1, 0, 9, 224, 0, 0, 1),
	} {
		m, err := Parse(message(0x0101, good, other))
		if err != nil || m.Kind != Success || m.Other.IsValid() {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func TestOtherPortOfTheSameAddress(t *testing.T) {
	for _, other := range []string{"0.0.0.0:9", "[::]:9"} {
		want := netip.MustParseAddrPort(other)
		m, err := Parse(AppendAnswer(nil, id, Answer{To: netip.MustParseAddrPort("192.0.2.1:1"), Other: want, Origin: want}))
		if err != nil || m.Other != want || m.Origin.IsValid() {
			t.Errorf("%+v, %v", m, err)
		}
	}
}

// An example of RFC 5769 says that we read what others write.
func TestReadsOthersResponses(t *testing.T) {
	b := []byte("\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae" +
		"\x80\x22\x00\x0b\x74\x65\x73\x74\x20\x76\x65\x63\x74\x6f\x72\x20" +
		"\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43" +
		"\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7" +
		"\x80\x28\x00\x04\xc0\x7d\x4c\x96")
	got, err := Parse(b)
	if err != nil || got.Mapped != netip.MustParseAddrPort("192.0.2.1:32853") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestResponsesAreSmall(t *testing.T) {
	request := len(AppendRequest(nil, id))
	for name, b := range map[string][]byte{
		"v4": AppendSuccess(nil, id, netip.MustParseAddrPort("192.0.2.1:1")),
		"v6": AppendSuccess(nil, id, netip.MustParseAddrPort("[2001:db8::1]:1")),
	} {
		if len(b) > request+24 {
			t.Errorf("%s: %d bytes answer %d", name, len(b), request)
		}
	}
	asked, list := message(1), []uint16(nil)
	for n := range uint16(20) {
		asked = append(asked, attribute(0x7000+n, 0)...)
	}
	binary.BigEndian.PutUint16(asked[2:], uint16(len(asked)-headerSize))
	m, err := Parse(asked)
	if list = m.Unknown; err != nil || len(list) != maxUnknown {
		t.Fatalf("%+v, %v", m, err)
	}
	if b := AppendUnknown(nil, id, list); len(b) > len(asked) {
		t.Errorf("%d bytes answer %d", len(b), len(asked))
	}
}

func TestUnknownAttributes(t *testing.T) {
	b := message(1, attribute(0x0004, 4, 0, 0, 0, 6), attribute(0x0006, 2, 'a', 'b', 0, 0), attribute(0x8022, 0), attribute(0x0004, 0),
		attribute(0x0003, 0))
	m, err := Parse(b)
	if err != nil || !slices.Equal(m.Unknown, []uint16{4, 3}) || m.Wish != (Wish{}) {
		t.Errorf("%+v, %v", m, err)
	}
}

// The premise of the length check: without it the library panics.
func TestLibraryStillPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the library no longer panics: say so in PITFALLS W16 and in doc.go")
		}
	}()
	b := emptyAddress()
	m := &stun.Message{Raw: slices.Clip(b)}
	if err := m.Decode(); err != nil {
		t.Fatal(err)
	}
	var x stun.XORMappedAddress
	_ = x.GetFrom(m)
}

func TestParseRefuses(t *testing.T) {
	good := AppendSuccess(nil, id, netip.MustParseAddrPort("192.0.2.1:80"))
	for n := range good {
		if m, err := Parse(good[:n:n]); err == nil {
			t.Errorf("%d bytes are %+v", n, m)
		}
	}
	many := message(1)
	for range maxAttributes + 1 {
		many = append(many, attribute(0x8022, 0)...)
	}
	binary.BigEndian.PutUint16(many[2:], uint16(len(many)-headerSize))
	cookie := bytes.Clone(good)
	cookie[4]++
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"empty address":    {emptyAddress(), ErrOther},
		"short address":    {message(0x0101, attribute(0x0020, 4, 0, 1, 1, 1)), ErrOther},
		"family":           {message(0x0101, attribute(0x0020, 8, 0, 3, 1, 1, 1, 1, 1, 1)), ErrOther},
		"v6 as v4":         {message(0x0101, attribute(0x0020, 8, 0, 2, 1, 1, 1, 1, 1, 1)), ErrOther},
		"port 0":           {message(0x0101, attribute(0x0020, 8, 0, 1, 0x21, 0x12, 1, 1, 1, 1)), ErrOther},
		"address 0.0.0.0":  {message(0x0101, attribute(0x0020, 8, 0, 1, 1, 1, 0x21, 0x12, 0xa4, 0x42)), ErrOther},
		"no address":       {message(0x0101), ErrOther},
		"no code":          {message(0x0111), ErrOther},
		"short code":       {message(0x0111, attribute(0x0009, 0)), ErrOther},
		"wild code":        {message(0x0111, attribute(0x0009, 4, 0, 0, 7, 0)), ErrOther},
		"allocate":         {message(0x0003), ErrOther},
		"indication":       {message(0x0011), ErrOther},
		"top bits":         {message(0x8001), ErrNotStun},
		"cookie":           {cookie, ErrNotStun},
		"trailing":         {append(bytes.Clone(good), 0, 0, 0, 0), ErrNotStun},
		"many":             {many, ErrNotStun},
		"large":            {append(message(1), make([]byte, MaxSize)...), ErrNotStun},
		"attribute beyond": {message(0x0101, attribute(0x0020, 9, 0, 1, 1, 1, 1, 1, 1, 1)), ErrNotStun},
		"nothing":          {nil, ErrNotStun},
	} {
		if m, err := Parse(c.b); !errors.Is(err, c.want) || m.Kind != 0 {
			t.Errorf("%s: %+v, %v; want %v", name, m, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(emptyAddress())
	f.Add(AppendRequest(nil, id))
	f.Add(AppendSuccess(nil, id, netip.MustParseAddrPort("[2001:db8::1]:7")))
	f.Add(AppendUnknown(nil, id, []uint16{3}))
	f.Add(message(1, attribute(0x0003, 4, 0, 0, 0, 6)))
	f.Add(AppendAsk(nil, id, Wish{ChangeIP: true, ChangePort: true, Port: 7, Padding: 12}))
	f.Add(AppendAnswer(nil, id, Answer{
		To: netip.MustParseAddrPort("192.0.2.1:9"), Other: netip.MustParseAddrPort("[2001:db8::2]:9"),
		Origin: netip.MustParseAddrPort("192.0.2.2:9"), Padding: 4,
	}))
	f.Add(message(0x0101, attribute(0x802c, 0), attribute(0x0020, 0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(slices.Clip(b))
		switch {
		case err != nil:
			if m.Kind != 0 || m.Mapped.IsValid() || m.Unknown != nil {
				t.Fatalf("%+v comes with %v", m, err)
			}
		case m.Kind == Request:
			if len(m.Unknown) > maxUnknown {
				t.Fatalf("%+v", m)
			}
			if a := len(AppendUnknown(nil, m.ID, m.Unknown)); a > len(b)+16 && m.Unknown != nil {
				t.Fatalf("%d bytes would answer %d", a, len(b))
			}
			if m.Wish.Padding > len(b)-headerSize-attributeHead && m.Wish.Padding != 0 {
				t.Fatalf("%d bytes carry %d of padding", len(b), m.Wish.Padding)
			}
		case m.Kind == Success:
			again, err := Parse(AppendAnswer(nil, m.ID, Answer{To: m.Mapped, Other: m.Other, Origin: m.Origin}))
			if err != nil || again.Mapped != m.Mapped || again.ID != m.ID || again.Other != m.Other || again.Origin != m.Origin {
				t.Fatalf("%+v becomes %+v, %v", m, again, err)
			}
		}
	})
}
