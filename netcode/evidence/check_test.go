package evidence

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata")

// texts returns a proof of each kind, and its text.
func texts(t testing.TB) map[string][]byte {
	told, kept := twoStories()
	p, err := NewProof(told.head(30), kept.head(30))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]byte{}
	for name, m := range map[string]encoding.TextMarshaler{"proof": p, "long": longProof(t)} {
		if got[name], err = m.MarshalText(); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// TestGolden holds the text of both kinds against files: proofs that people
// have kept must stay readable.
func TestGolden(t *testing.T) {
	for name, text := range texts(t) {
		file := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, want) {
			t.Errorf("%s is now\n%s", file, text)
		}
		for line := range bytes.Lines(text) {
			if len(line) > 65 {
				t.Errorf("%s has a line of %d bytes", file, len(line))
			}
		}
	}
}

func TestCheck(t *testing.T) {
	all := texts(t)
	want := Finding{Guilty: testKey(1).ID(), Match: testMatch, Seat: 2}
	for name, frame := range map[string]int32{"proof": 30, "long": 60} {
		want.Frame = frame
		text := string(all[name])
		for how, text := range map[string]string{
			"as it is":       text,
			"in a mail":      "Hello,\n\nsee below.\n\n" + text + "\nBye\n",
			"in a quote":     "> > " + strings.ReplaceAll(text, "\n", "\n> > "),
			"from Windows":   strings.ReplaceAll(text, "\n", "\r\n"),
			"indented":       "\t" + strings.ReplaceAll(text, "\n", "  \n    "),
			"no last line":   strings.TrimSuffix(text, "\n"),
			"after a key":    "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n" + text,
			"after its head": text[:200] + "\n" + text,
		} {
			if got, err := Check([]byte(text)); err != nil || got != want {
				t.Errorf("%s %s: %+v, %v; want %+v", name, how, got, err, want)
			}
		}
		half := strings.Index(text, "\n") + 1 + 65
		for how, text := range map[string]string{
			"cut short":     text[:len(text)-30],
			"empty":         "",
			"without a row": text[:half] + text[half+65:],
			"other kind":    strings.ReplaceAll(text, "TUTTI PROOF", "TUTTI KEY"),
			"with headers":  strings.Replace(text, "-----\n", "-----\nA: b\n\n", 1),
			"too long":      text + strings.Repeat(" ", maxText),
			"no bytes":      "-----BEGIN TUTTI PROOF-----\n-----END TUTTI PROOF-----\n",
			"other form":    "-----BEGIN TUTTI PROOF-----\nAwAA\n-----END TUTTI PROOF-----\n",
		} {
			if got, err := Check([]byte(text)); err == nil || got != (Finding{}) {
				t.Errorf("%s %s: %+v, %v; want an error", name, how, got, err)
			}
		}
	}
}

// TestCheckForged changes a signature in the text itself, the last byte of it,
// and reads one kind as the other.
func TestCheckForged(t *testing.T) {
	told, kept := twoStories()
	forged := Proof{told.head(30), kept.head(30)}
	forged.B.Sig[63]++
	text, err := forged.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	_, err = Check(text)
	wantErr(t, "forged", err, ErrSignature)

	all := texts(t)
	var p Proof
	var l LongProof
	wantErr(t, "long as short", p.UnmarshalText(all["long"]), ErrForm)
	wantErr(t, "short as long", l.UnmarshalText(all["proof"]), ErrForm)
	wantErr(t, "no text", p.UnmarshalText(nil), ErrForm)
	wantErr(t, "no text", l.UnmarshalText(nil), ErrForm)
	_, err = LongProof{}.MarshalText()
	wantErr(t, "nothing", err, ErrMixed)

	// Both go into JSON as text.
	if err := p.UnmarshalText(all["proof"]); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	var q Proof
	if err != nil || json.Unmarshal(b, &q) != nil || q != p {
		t.Errorf("through JSON: %s, %v", b, err)
	}
}

// TestLongestText makes sure that the limit on texts lets the longest proof
// pass.
func TestLongestText(t *testing.T) {
	if size := base64.StdEncoding.EncodedLen(MaxLongSize) * 66 / 64; size > maxText/2 {
		t.Errorf("the longest proof takes %d bytes; the limit is %d", size, maxText)
	}
}

// FuzzUnmarshal feeds all decoders: none panics, what one of them takes has
// one spelling, and nothing but the proofs of the real liar is ever verified.
func FuzzUnmarshal(f *testing.F) {
	for _, text := range texts(f) {
		b, err := disarm(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(text)
		f.Add(b[:len(b)/2])
	}
	f.Add([]byte("-----BEGIN TUTTI PROOF-----\nA: b\n\nAQ==\n-----END TUTTI PROOF-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Proof
		if p.UnmarshalBinary(b) == nil {
			if again, err := p.MarshalBinary(); err != nil || !bytes.Equal(again, b) {
				t.Fatalf("%x became %x, %v", b, again, err)
			}
		}
		var l LongProof
		if l.UnmarshalBinary(b) == nil {
			if again, err := l.MarshalBinary(); err != nil || !bytes.Equal(again, b) {
				t.Fatalf("%x became %x, %v", b, again, err)
			}
		}
		for _, text := range [][]byte{b, armoured(b)} {
			if got, err := Check(text); err == nil && got.Guilty != testKey(1).ID() {
				t.Fatalf("%q convicts %v", text, got.Guilty)
			} else if err != nil && got != (Finding{}) {
				t.Fatalf("%q: a finding with %v", text, err)
			}
		}
	})
}

func armoured(b []byte) []byte {
	text, _ := armour(b, nil)
	return text
}
