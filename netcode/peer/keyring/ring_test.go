package keyring

import (
	"errors"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

func open(t *testing.T, cfg Config) *Ring {
	t.Helper()
	r, err := Open(cfg)
	if err != nil {
		t.Fatalf("Open(%+v): %v", cfg, err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return r
}

func TestGivenKeyOverridesEverything(t *testing.T) {
	key := peer.KeyFromSeed([32]byte{7})
	r := open(t, Config{Key: key, Ephemeral: true})
	if r.Key().ID() != key.ID() || r.Ephemeral() || r.Why() != nil {
		t.Errorf("got %v, ephemeral %v, why %v", r.Key(), r.Ephemeral(), r.Why())
	}
}

func TestEphemeralIsFreshAndHasNoReason(t *testing.T) {
	a, b := open(t, Config{Ephemeral: true}), open(t, Config{Ephemeral: true})
	if !a.Ephemeral() || a.Why() != nil || a.Key().IsZero() || a.Key().ID() == b.Key().ID() {
		t.Errorf("%v and %v, ephemeral %v, why %v", a.Key(), b.Key(), a.Ephemeral(), a.Why())
	}
}

func TestNames(t *testing.T) {
	for _, good := range []string{"", "default", "player-2", "a_b", strings.Repeat("x", MaxName)} {
		if err := (Config{Name: good}).Validate(); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"..", "a/b", `a\b`, "A", "a b", "é", "a\x00", strings.Repeat("x", MaxName+1)} {
		if _, err := Open(Config{Name: bad}); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// damaged are texts that are no key, and a word of the problem.
func damaged() map[string]string {
	good := format(peer.KeyFromSeed([32]byte{1}))
	other := format(peer.KeyFromSeed([32]byte{2}))
	_, otherID, _ := strings.Cut(other, formatID)
	mine, _, _ := strings.Cut(good, formatID)
	flipped := []byte(good)
	flipped[len(formatHead)+len(formatSeed)] ^= 1 // another hex digit
	return map[string]string{
		"":                                       "empty",
		good[:5]:                                 "cut short",
		good[:len(good)-1]:                       "cut short",
		good + "\n":                              "follows",
		"tutti key 2" + good[11:]:                "version",
		strings.Repeat("\x00", 150):              "version",
		string(flipped):                          "belong together",
		mine + formatID + otherID:                "belong together",
		strings.ToUpper(good):                    "version",
		strings.Replace(good, "\nid", "\nno", 1): "lines",
		formatHead + strings.Repeat("z", formatSize-len(formatHead)): "lines",
	}
}

func TestParse(t *testing.T) {
	key := peer.KeyFromSeed([32]byte{1})
	got, problem := parse(format(key))
	if problem != "" || got.ID() != key.ID() || len(format(key)) != formatSize {
		t.Errorf("parse(format) = %v, %q, %d bytes", got, problem, len(format(key)))
	}
	for text, want := range damaged() {
		if key, problem := parse(text); !strings.Contains(problem, want) || !key.IsZero() {
			t.Errorf("parse(%q) = %v, %q; want %q", text, key, problem, want)
		}
	}
}

// FuzzParse: one key has one text, and a damaged text gives no key.
func FuzzParse(f *testing.F) {
	f.Add(format(peer.KeyFromSeed([32]byte{1})))
	for text := range damaged() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, problem := parse(text)
		if problem == "" && format(key) != text {
			t.Fatalf("%q is read as %q", text, format(key))
		}
		if problem != "" && (!key.IsZero() || len(text) > 80 && strings.Contains(problem, text[70:80])) {
			t.Fatalf("%v, %q", key, problem)
		}
	})
}
