package wire_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestTagTellsMatchAndEpochApart(t *testing.T) {
	base := wire.NewTag([16]byte{1}, 0)
	if again := wire.NewTag([16]byte{1}, 0); again != base {
		t.Errorf("same match and epoch, tags %x and %x", base, again)
	}
	for name, other := range map[string]wire.Tag{
		"match": wire.NewTag([16]byte{2}, 0),
		"epoch": wire.NewTag([16]byte{1}, 1),
		"high":  wire.NewTag([16]byte{1}, 1<<24),
	} {
		if other == base {
			t.Errorf("another %s has the same tag", name)
		}
	}
}

// The tag is part of the protocol: when this fails, peers of the old and the
// new build ignore each other's datagrams, so Version must change with it.
func TestTagIsPinned(t *testing.T) {
	tag := wire.NewTag([16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 7)
	if got, want := hex.EncodeToString(tag[:]), "b704588f"; got != want {
		t.Errorf("tag = %s, want %s (version %d)", got, want, wire.Version)
	}
}

func TestCutTag(t *testing.T) {
	tag := wire.NewTag([16]byte{1}, 2)
	got, rest, err := wire.CutTag(append(wire.AppendTag(nil, tag), "moves"...))
	if err != nil || got != tag || string(rest) != "moves" {
		t.Errorf("CutTag = %x, %q, %v", got, rest, err)
	}
	for n := range wire.TagSize {
		if _, _, err := wire.CutTag(tag[:n]); !errors.Is(err, wire.ErrTruncated) {
			t.Errorf("CutTag of %d bytes: %v", n, err)
		}
	}
}
