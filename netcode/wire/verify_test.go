package wire_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestVerifyAcceptsWhatTheBuilderWrites(t *testing.T) {
	b := flatbuffers.NewBuilder(0)
	ZooStart(b)
	empty := finish(b, ZooEnd(b))
	for name, buf := range map[string][]byte{"full": fullZoo(3), "empty": empty} {
		if err := wire.Verify(buf, zooSpec, wire.Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := walk(fullZoo(3)); n == 0 {
		t.Error("walk sees nothing")
	}
}

// TestVerifyAcceptsSharedVtables: Go's builder gives tables of one shape one
// vtable though the padding, and so the size, of each may differ.
func TestVerifyAcceptsSharedVtables(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := flatbuffers.NewBuilder(0)
		leaves := make([]flatbuffers.UOffsetT, r.IntN(5))
		for i := range leaves {
			n := b.CreateString(strings.Repeat("x", r.IntN(9)))
			LeafStart(b)
			LeafAddName(b, n)
			if r.IntN(2) == 0 {
				LeafAddWeight(b, 2)
			}
			leaves[i] = LeafEnd(b)
		}
		v := vector(b, leaves...)
		ZooStart(b)
		if r.IntN(2) == 0 {
			ZooAddFlag(b, true)
		}
		if r.IntN(2) == 0 {
			ZooAddLast(b, 3)
		}
		ZooAddLeaves(b, v)
		buf := finish(b, ZooEnd(b))
		if err := wire.Verify(buf, zooSpec, wire.Limits{}); err != nil {
			t.Fatalf("%v: %x", err, buf)
		}
		walk(buf)
	}
}

// panics reports whether walking buf without asking Verify goes wrong.
func panics(buf []byte) (did bool) {
	defer func() { did = recover() != nil }()
	walk(buf)
	return false
}

// TestVerifyStandsBetweenAccessorsAndPanics truncates a message everywhere and
// overwrites every byte with what hurts. What Verify lets through is walked; a
// panic fails the test. It also counts how often the accessors would have
// panicked, so that we know the test bites.
func TestVerifyStandsBetweenAccessorsAndPanics(t *testing.T) {
	good := fullZoo(2)
	prevented, accepted := 0, 0
	check := func(buf []byte) {
		if wire.Verify(buf, zooSpec, wire.Limits{}) == nil {
			accepted++
			walk(buf)
		} else if panics(buf) {
			prevented++
		}
	}
	for n := range good {
		check(good[:n])
	}
	buf := make([]byte, len(good))
	for i := range good {
		for _, v := range []byte{0, 1, 2, 3, 4, 5, 7, 8, 0x40, 0x7f, 0x80, 0xf0, 0xfe, 0xff} {
			copy(buf, good)
			buf[i] = v
			check(buf)
		}
		for bit := range 8 {
			copy(buf, good)
			buf[i] ^= 1 << bit
			check(buf)
		}
	}
	if prevented < 1000 || accepted < 1000 {
		t.Errorf("prevented %d panics, accepted %d messages: the test is blunt", prevented, accepted)
	}
}

// patch returns a full message with little-endian bytes at pos overwritten.
func patch(buf []byte, pos int, v uint64, size int) []byte {
	var le [8]byte
	binary.LittleEndian.PutUint64(le[:], v)
	out := append([]byte(nil), buf...)
	copy(out[pos:pos+size], le[:size])
	return out
}

// place finds where slot of the root table stands: the position of its entry
// in the vtable and of the field itself.
func place(buf []byte, slot int) (entry, field int) {
	root := int(binary.LittleEndian.Uint32(buf))
	entry = root - int(int32(binary.LittleEndian.Uint32(buf[root:]))) + 4 + 2*slot
	return entry, root + int(binary.LittleEndian.Uint16(buf[entry:]))
}

// target follows the offset at pos.
func target(buf []byte, pos int) int { return pos + int(binary.LittleEndian.Uint32(buf[pos:])) }

func TestVerifyNamesFieldAndFault(t *testing.T) {
	good := fullZoo(1)
	root := int(binary.LittleEndian.Uint32(good))
	vtable := root - int(int32(binary.LittleEndian.Uint32(good[root:])))
	field := func(slot int) int { _, f := place(good, slot); return f }
	entry := func(slot int) int { e, _ := place(good, slot); return e }
	name, longs := target(good, field(4)), target(good, field(6))
	words, leaves := target(good, field(8)), target(good, field(11))
	size := uint64(len(good))

	noName := flatbuffers.NewBuilder(0)
	LeafStart(noName)
	bare := LeafEnd(noName)
	list := vector(noName, bare)
	ZooStart(noName)
	ZooAddLeaves(noName, list)
	nameless := finish(noName, ZooEnd(noName))

	for name, c := range map[string]struct {
		buf   []byte
		path  string
		fault wire.Fault
	}{
		"nothing":             {nil, "Zoo", wire.FaultSize},
		"eleven bytes":        {good[:11], "Zoo", wire.FaultSize},
		"root at itself":      {patch(good, 0, 0, 4), "Zoo", wire.FaultBounds},
		"root past end":       {patch(good, 0, size-3, 4), "Zoo", wire.FaultBounds},
		"root wraps":          {patch(good, 0, 1<<32-4, 4), "Zoo", wire.FaultBounds},
		"root odd":            {patch(good, 0, uint64(root+1), 4), "Zoo", wire.FaultAlign},
		"vtable before start": {patch(good, root, uint64(root+2), 4), "Zoo", wire.FaultVtable},
		"vtable past end":     {patch(good, root, 1<<32-size, 4), "Zoo", wire.FaultVtable},
		"vtable odd place":    {patch(good, root, uint64(root-vtable+1), 4), "Zoo", wire.FaultVtable},
		"vtable odd size":     {patch(good, vtable, 7, 2), "Zoo", wire.FaultVtable},
		"vtable size 2":       {patch(good, vtable, 2, 2), "Zoo", wire.FaultVtable},
		"vtable size huge":    {patch(good, vtable, 0xfffe, 2), "Zoo", wire.FaultVtable},
		"table size huge":     {patch(good, vtable+2, 0xffff, 2), "Zoo", wire.FaultBounds},
		"table size 3":        {patch(good, vtable+2, 3, 2), "Zoo", wire.FaultBounds},
		"field in reference":  {patch(good, entry(0), 3, 2), "Zoo.flag", wire.FaultBounds},
		"field past table":    {patch(good, entry(0), 0xfff0, 2), "Zoo.flag", wire.FaultBounds},
		"scalar odd":          {patch(good, entry(2), 5, 2), "Zoo.big", wire.FaultAlign},
		"struct odd":          {patch(good, entry(3), 6, 2), "Zoo.at", wire.FaultAlign},
		"string at itself":    {patch(good, field(4), 0, 4), "Zoo.name", wire.FaultBounds},
		"string wraps":        {patch(good, field(4), 1<<32-8, 4), "Zoo.name", wire.FaultBounds},
		"string too long":     {patch(good, name, size, 4), "Zoo.name", wire.FaultBounds},
		"string 4 GB":         {patch(good, name, 1<<32-1, 4), "Zoo.name", wire.FaultBounds},
		"string shorter":      {patch(good, name, 3, 4), "Zoo.name", wire.FaultString},
		"string not UTF-8":    {patch(good, name+4, 0xff, 1), "Zoo.name", wire.FaultString},
		"bytes above Max":     {patch(good, target(good, field(5)), 9, 4), "Zoo.bytes", wire.FaultMax},
		"longs overflow":      {patch(good, target(good, field(6)), 1<<29, 4), "Zoo.longs", wire.FaultBounds},
		"longs overflow 2":    {patch(good, target(good, field(6)), 1<<32-1, 4), "Zoo.longs", wire.FaultBounds},
		"longs misaligned":    {patch(patch(good, field(6), uint64(longs-field(6)+4), 4), longs+4, 1, 4), "Zoo.longs", wire.FaultAlign},
		"path too long":       {patch(good, target(good, field(7)), 1<<28+1, 4), "Zoo.path", wire.FaultBounds},
		"second word":         {patch(good, words+8, 0, 4), "Zoo.words[1]", wire.FaultBounds},
		"leaf is no table":    {patch(good, target(good, field(9)), 1<<30, 4), "Zoo.leaf", wire.FaultVtable},
		"second leaf":         {patch(good, leaves+8, size, 4), "Zoo.leaves[1]", wire.FaultBounds},
		"no leaf name":        {nameless, "Zoo.leaves[0].name", wire.FaultRequired},
		"twig's twig's leaf":  {deepFault(), "Zoo.twig.next.leaves[1].name", wire.FaultString},
		"type without value":  {patch(good, entry(14), 0, 2), "Zoo.any", wire.FaultUnion},
		"value without type":  {patch(good, entry(13), 0, 2), "Zoo.any", wire.FaultUnion},
		"value of type none":  {patch(good, field(13), 0, 1), "Zoo.any", wire.FaultUnion},
	} {
		err := wire.Verify(c.buf, zooSpec, wire.Limits{})
		var e *wire.VerifyError
		if !errors.As(err, &e) || e.Path != c.path || !errors.Is(err, c.fault) {
			t.Errorf("%s: %v; want %s %v", name, err, c.path, c.fault)
		}
	}
	if err := wire.Verify(patch(good, field(13), 77, 1), zooSpec, wire.Limits{}); err != nil {
		t.Errorf("a union of a type that we do not know: %v", err)
	}
}

// deepFault is a message with a broken string three tables down.
func deepFault() []byte {
	b := flatbuffers.NewBuilder(0)
	good, bad := leaf(b, "good"), leaf(b, "b\xffd")
	leaves := vector(b, good, bad)
	TwigStart(b)
	TwigAddLeaves(b, leaves)
	inner := TwigEnd(b)
	TwigStart(b)
	TwigAddNext(b, inner)
	outer := TwigEnd(b)
	ZooStart(b)
	ZooAddTwig(b, outer)
	return finish(b, ZooEnd(b))
}

func TestVerifyLimits(t *testing.T) {
	buf := fullZoo(2) // 5 tables deep, 16 in all
	for name, c := range map[string]struct {
		limits wire.Limits
		want   error
	}{
		"size":         {wire.Limits{Size: len(buf)}, nil},
		"size less":    {wire.Limits{Size: len(buf) - 1}, wire.FaultSize},
		"depth":        {wire.Limits{Depth: 5}, nil},
		"depth less":   {wire.Limits{Depth: 4}, wire.FaultDepth},
		"tables":       {wire.Limits{Tables: 16}, nil},
		"tables less":  {wire.Limits{Tables: 15}, wire.FaultWork},
		"bytes":        {wire.Limits{Bytes: 500}, nil},
		"bytes less":   {wire.Limits{Bytes: 50}, wire.FaultWork},
		"all defaults": {wire.Limits{}, nil},
	} {
		if err := wire.Verify(buf, zooSpec, c.limits); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestVerifySharingCannotMultiplyWork: 16 KiB can refer to one long string
// three thousand times, and to one table as often.
func TestVerifySharingCannotMultiplyWork(t *testing.T) {
	b := flatbuffers.NewBuilder(0)
	long := b.CreateString(strings.Repeat("x", 4000))
	words := make([]flatbuffers.UOffsetT, 3000)
	for i := range words {
		words[i] = long
	}
	v := vector(b, words...)
	ZooStart(b)
	ZooAddWords(b, v)
	if err := wire.Verify(finish(b, ZooEnd(b)), zooSpec, wire.Limits{}); !errors.Is(err, wire.FaultWork) {
		t.Errorf("shared strings: %v", err)
	}
	b = flatbuffers.NewBuilder(0)
	one := leaf(b, "l")
	for i := range words {
		words[i] = one
	}
	v = vector(b, words...)
	ZooStart(b)
	ZooAddLeaves(b, v)
	if err := wire.Verify(finish(b, ZooEnd(b)), zooSpec, wire.Limits{}); !errors.Is(err, wire.FaultWork) {
		t.Errorf("shared tables: %v", err)
	}
}

func TestVerifyDoesNotAllocate(t *testing.T) {
	buf := fullZoo(3)
	if n := testing.AllocsPerRun(100, func() { _ = wire.Verify(buf, zooSpec, wire.Limits{}) }); n != 0 {
		t.Errorf("%v allocations per message", n)
	}
}

func TestVerifyRefusesAWrongSpec(t *testing.T) {
	buf := fullZoo(0)
	for name, spec := range map[string]*wire.TableSpec{
		"nil":           nil,
		"scalar size 0": {Name: "Zoo", Fields: []wire.Field{{Name: "flag", Type: wire.Scalar}}},
		"no such type":  {Name: "Zoo", Fields: []wire.Field{4: {Name: "name", Type: 99}}},
		"no table":      {Name: "Zoo", Fields: []wire.Field{9: {Name: "leaf", Type: wire.Table}}},
		"elements of 0": {Name: "Zoo", Fields: []wire.Field{5: {Name: "bytes", Type: wire.Scalars}}},
	} {
		if err := wire.Verify(buf, spec, wire.Limits{}); !errors.Is(err, wire.FaultSpec) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzVerify: after Verify passes, no accessor panics, and what it can be made
// to read is bounded by what was allowed.
func FuzzVerify(f *testing.F) {
	f.Add(fullZoo(0))
	f.Add(fullZoo(3))
	f.Add(deepFault())
	f.Fuzz(func(t *testing.T, buf []byte) {
		if wire.Verify(buf, zooSpec, wire.Limits{Bytes: 1 << 14}) != nil {
			return
		}
		if n := walk(buf); n > 1<<14 {
			t.Fatalf("%d bytes let %d be read", len(buf), n)
		}
	})
}
