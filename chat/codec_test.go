package chat

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/netcode/wire"
)

func fullest() *envelope {
	return &envelope{
		life: 1, queue: 2, number: 4, oldest: 3,
		letter: letter{scope: toOne, seq: 5, text: strings.Repeat("x", MaxBytes), seen: make([]seen, maxSeen), sig: make([]byte, 64)},
	}
}

func TestCodecRoundTrip(t *testing.T) {
	for _, want := range []*envelope{
		fullest(), {number: 1, oldest: 1, letter: letter{seq: 1, text: "שלום"}},
	} {
		b := sealLine(want)
		if got, h, err := parse(b); err != nil || h != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v, %v\nwant %+v", got, h, err, want)
		}
		if len(b) > 1200 {
			t.Errorf("a line takes %d bytes", len(b))
		}
	}
	want := have{queue: 1, number: 2, lost: true}
	if e, got, err := parse(sealHave(want)); err != nil || e != nil || *got != want {
		t.Errorf("%+v, %+v, %v", e, got, err)
	}
}

func TestParseTellsVersions(t *testing.T) {
	b := sealHave(have{})
	b[0]++
	if _, _, err := parse(b); !errors.Is(err, wire.ErrVersion) {
		t.Error(err)
	}
}

// Go's accessors panic on nearly every one of these.
func TestParseSurvivesTruncationAndFlips(t *testing.T) {
	for _, b := range [][]byte{sealLine(fullest()), sealHave(have{queue: 1, number: 2, lost: true})} {
		for n := range len(b) - 8 {
			if e, h, err := parse(b[:n]); err == nil {
				t.Errorf("%d of %d bytes are %+v, %+v", n, len(b), e, h)
			}
		}
		for bit := range len(b) * 8 {
			b[bit/8] ^= 1 << (bit % 8)
			_, _, _ = parse(b)
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sealLine(fullest()))
	f.Add(sealLine(&envelope{number: 1, oldest: 1, letter: letter{seq: 1, text: "hi"}}))
	f.Add(sealHave(have{queue: 1, number: 2, lost: true}))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, h, err := parse(b)
		switch {
		case err != nil:
			if e != nil || h != nil {
				t.Fatalf("%+v, %+v come with %v", e, h, err)
			}
		case e != nil:
			if len(e.text) > MaxBytes || len(e.seen) > maxSeen || e.number == 0 || e.seq == 0 || e.sig != nil && len(e.sig) != 64 {
				t.Fatalf("%+v", e)
			}
			if again, _, err := parse(sealLine(e)); err != nil || !reflect.DeepEqual(again, e) {
				t.Fatalf("%+v becomes %+v, %v", e, again, err)
			}
		default:
			if _, again, err := parse(sealHave(*h)); err != nil || *again != *h {
				t.Fatalf("%+v becomes %+v, %v", h, again, err)
			}
		}
	})
}
