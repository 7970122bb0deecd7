package greet_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tuttiplay/tutti/netcode/internal/greet"
	"github.com/tuttiplay/tutti/netcode/wire"
)

var hello = greet.Hello{
	Build: "tanks 1.4 ✓", SchemaHash: math.MaxUint64 - 5, TickRate: 60, CheckInterval: 120,
	DropAfter: 2500 * time.Millisecond, MaxInputDelay: 12, MaxRollback: 8, FloatMode: 1,
	GoArch: "wasm", Nonce: 0x0102030405060708,
}

var refuse = greet.Refuse{Field: "tick_rate", Ours: "60", Theirs: "30"}

func TestHelloRoundTrip(t *testing.T) {
	for _, want := range []greet.Hello{hello, {Build: "x"}} {
		got, err := greet.ParseHello(greet.AppendHello(nil, want))
		if err != nil || got != want {
			t.Errorf("got %+v, %v\nwant %+v", got, err, want)
		}
	}
	b := greet.AppendHello([]byte("head"), hello)
	if got, err := greet.ParseHello(b[4:]); string(b[:4]) != "head" || err != nil || got != hello {
		t.Errorf("behind a header: %+v, %v", got, err)
	}
}

func TestHelloDropAfterSaturates(t *testing.T) {
	for in, want := range map[time.Duration]time.Duration{
		-time.Second: 0, 1999 * time.Microsecond: time.Millisecond,
		math.MaxInt64: math.MaxUint32 * time.Millisecond,
	} {
		got, err := greet.ParseHello(greet.AppendHello(nil, greet.Hello{Build: "x", DropAfter: in}))
		if err != nil || got.DropAfter != want {
			t.Errorf("DropAfter %v arrives as %v, %v; want %v", in, got.DropAfter, err, want)
		}
	}
}

func TestHelloRefusesBadTexts(t *testing.T) {
	for name, c := range map[string]struct {
		h    greet.Hello
		want error
	}{
		"empty build": {greet.Hello{}, greet.ErrBuild},
		"long build":  {greet.Hello{Build: strings.Repeat("b", greet.MaxBuild+1)}, wire.FaultMax},
		"raw build":   {greet.Hello{Build: "\xff"}, wire.FaultString},
		"long arch":   {greet.Hello{Build: "x", GoArch: strings.Repeat("a", greet.MaxArch+1)}, wire.FaultMax},
		"raw arch":    {greet.Hello{Build: "x", GoArch: "\xc3"}, wire.FaultString},
	} {
		if err := c.h.Validate(); !errors.Is(err, greet.ErrBuild) {
			t.Errorf("%s: Validate = %v", name, err)
		}
		got, err := greet.ParseHello(greet.AppendHello(nil, c.h))
		if !errors.Is(err, c.want) || got != (greet.Hello{}) {
			t.Errorf("%s: ParseHello = %+v, %v; want %v", name, got, err, c.want)
		}
	}
}

func TestDiffersNamesTheFirstField(t *testing.T) {
	if r, ok := hello.Differs(hello); ok {
		t.Errorf("differs from itself: %v", r)
	}
	same := hello
	same.GoArch, same.Nonce = "amd64", 1
	if r, ok := hello.Differs(same); ok {
		t.Errorf("GOARCH or nonce matters: %v", r)
	}
	for field, change := range map[string]func(*greet.Hello){
		"build":           func(h *greet.Hello) { h.Build = "y" },
		"schema_hash":     func(h *greet.Hello) { h.SchemaHash++; h.TickRate++ },
		"tick_rate":       func(h *greet.Hello) { h.TickRate++ },
		"check_interval":  func(h *greet.Hello) { h.CheckInterval++ },
		"drop_after_ms":   func(h *greet.Hello) { h.DropAfter += time.Millisecond },
		"max_input_delay": func(h *greet.Hello) { h.MaxInputDelay++ },
		"max_rollback":    func(h *greet.Hello) { h.MaxRollback++ },
		"float_mode":      func(h *greet.Hello) { h.FloatMode++ },
	} {
		theirs := hello
		change(&theirs)
		r, ok := hello.Differs(theirs)
		back, _ := theirs.Differs(hello)
		if !ok || r.Field != field || r.Ours == r.Theirs || back.Ours != r.Theirs || back.Theirs != r.Ours {
			t.Errorf("%s: Differs = %+v, the other way %+v", field, r, back)
		}
	}
}

func TestRefuseRoundTrip(t *testing.T) {
	got, err := greet.ParseRefuse(greet.AppendRefuse(nil, refuse))
	if err != nil || got != refuse {
		t.Errorf("got %+v, %v", got, err)
	}
	if s := got.String(); s != `"tick_rate" differs: ours is "60", theirs "30"` {
		t.Errorf("String = %s", s)
	}
	long := greet.Refuse{Field: strings.Repeat("é", 40), Ours: "a\xffb", Theirs: strings.Repeat("€", 200)}
	got, err = greet.ParseRefuse(greet.AppendRefuse(nil, long))
	if err != nil || got.Field != strings.Repeat("é", 32) || got.Ours != "a\uFFFDb" || got.Theirs != strings.Repeat("€", 85) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Go's accessors panic on nearly every one of these. A message that lost no
// more than its last padding is still whole.
func TestParseSurvivesTruncationAndFlips(t *testing.T) {
	const padding = 3
	b := greet.AppendHello(nil, hello)
	for n := range b {
		if h, err := greet.ParseHello(b[:n]); err == nil && (h != hello || n < len(b)-padding) {
			t.Errorf("%d of %d bytes are %+v", n, len(b), h)
		}
	}
	c := greet.AppendRefuse(nil, refuse)
	for n := range c {
		if r, err := greet.ParseRefuse(c[:n]); err == nil && (r != refuse || n < len(c)-padding) {
			t.Errorf("%d of %d bytes are %+v", n, len(c), r)
		}
	}
	for _, b := range [][]byte{b, c} {
		for bit := range len(b) * 8 {
			b[bit/8] ^= 1 << (bit % 8)
			_, _ = greet.ParseHello(b)
			_, _ = greet.ParseRefuse(b)
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

func FuzzParseHello(f *testing.F) {
	f.Add(greet.AppendHello(nil, hello))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := greet.ParseHello(b)
		if err != nil {
			if h != (greet.Hello{}) {
				t.Fatalf("%+v comes with %v", h, err)
			}
			return
		}
		if err := h.Validate(); err != nil {
			t.Fatal(err)
		}
		if again, err := greet.ParseHello(greet.AppendHello(nil, h)); err != nil || again != h {
			t.Fatalf("%+v becomes %+v, %v", h, again, err)
		}
	})
}

func FuzzParseRefuse(f *testing.F) {
	f.Add(greet.AppendRefuse(nil, refuse))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := greet.ParseRefuse(b)
		if err != nil {
			if r != (greet.Refuse{}) {
				t.Fatalf("%+v comes with %v", r, err)
			}
			return
		}
		if len(r.Field) > greet.MaxField || len(r.Ours) > greet.MaxValue || len(r.Theirs) > greet.MaxValue ||
			!utf8.ValidString(r.Field+r.Ours+r.Theirs) {
			t.Fatalf("accepted %+v", r)
		}
		if again, err := greet.ParseRefuse(greet.AppendRefuse(nil, r)); err != nil || again != r {
			t.Fatalf("%+v becomes %+v, %v", r, again, err)
		}
	})
}
