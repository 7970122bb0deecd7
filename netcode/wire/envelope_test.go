package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/tuttiplay/tutti/netcode/wire"
)

var header = wire.Header{Kind: 3, Match: [16]byte{1, 2, 15: 16}, Epoch: 0x01020304}

func TestSealOpen(t *testing.T) {
	b := wire.Seal([]byte("before"), header, []byte("table"))
	if !bytes.HasPrefix(b, []byte("before")) || len(b) != 6+wire.HeaderSize+5 {
		t.Fatalf("Seal = %q", b)
	}
	got, table, err := wire.Open(b[6:], header.Match)
	if err != nil || got != header || string(table) != "table" {
		t.Errorf("Open = %+v, %q, %v", got, table, err)
	}
	if _, table, err := wire.Open(wire.Seal(nil, header, nil), header.Match); err != nil || len(table) != 0 {
		t.Errorf("without a table: %q, %v", table, err)
	}
}

func TestOpenErrors(t *testing.T) {
	good := wire.Seal(nil, header, []byte("table"))
	for n := range wire.HeaderSize {
		if _, _, err := wire.Open(good[:n], header.Match); !errors.Is(err, wire.ErrTruncated) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if h, table, err := wire.Open(good, [16]byte{9}); !errors.Is(err, wire.ErrMatch) || h != header || table != nil {
		t.Errorf("other match: %+v, %q, %v", h, table, err)
	}
	for i, v := range map[int]byte{2: 0, 3: 1} { // no kind; a byte that is zero
		bad := bytes.Clone(good)
		bad[i] = v
		if h, _, err := wire.Open(bad, header.Match); !errors.Is(err, wire.ErrKind) || h != (wire.Header{}) {
			t.Errorf("byte %d: %+v, %v", i, h, err)
		}
	}
}

// A later version may change everything behind its first two bytes, even the
// length, and is still told apart.
func TestOpenTellsVersions(t *testing.T) {
	for theirs, words := range map[uint16]string{
		wire.Version - 1: "they have to update",
		wire.Version + 1: "we have to update",
	} {
		_, _, err := wire.Open(binary.LittleEndian.AppendUint16(nil, theirs), header.Match)
		var e *wire.VersionError
		if !errors.As(err, &e) || e.Ours != wire.Version || e.Theirs != theirs || !errors.Is(err, wire.ErrVersion) ||
			!bytes.Contains([]byte(err.Error()), []byte(words)) {
			t.Errorf("version %d: %v", theirs, err)
		}
	}
}

func TestSealPanicsWithoutAKind(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	wire.Seal(nil, wire.Header{}, nil)
}

// FuzzOpen: what is accepted is exactly what Seal writes.
func FuzzOpen(f *testing.F) {
	good := wire.Seal(nil, header, []byte("table"))
	f.Add(good)
	f.Add(good[:wire.HeaderSize])
	f.Fuzz(func(t *testing.T, b []byte) {
		var match [16]byte
		if len(b) >= wire.HeaderSize {
			match = [16]byte(b[4:20])
		}
		h, table, err := wire.Open(b, match)
		if err != nil {
			if h != (wire.Header{}) || table != nil {
				t.Fatalf("%+v, %x come with %v", h, table, err)
			}
			return
		}
		if again := wire.Seal(nil, h, table); !bytes.Equal(again, b) {
			t.Fatalf("%x is read as %x", b, again)
		}
	})
}
