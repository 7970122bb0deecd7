package wire_test

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/netcode/wire"
)

//go:generate ../internal/fb/gen.sh .

var leafSpec = &wire.TableSpec{Name: "Leaf", Fields: []wire.Field{
	{Name: "name", Type: wire.String, Max: 20, Required: true},
	{Name: "weight", Type: wire.Scalar, Size: 8},
}}

var twigSpec = &wire.TableSpec{Name: "Twig", Fields: []wire.Field{
	{Name: "leaves", Type: wire.Tables, Table: leafSpec},
	{Name: "next", Type: wire.Table},
}}

func init() { twigSpec.Fields[1].Table = twigSpec }

var zooSpec = &wire.TableSpec{Name: "Zoo", Fields: []wire.Field{
	{Name: "flag", Type: wire.Scalar, Size: 1},
	{Name: "small", Type: wire.Scalar, Size: 1},
	{Name: "big", Type: wire.Scalar, Size: 8},
	{Name: "at", Type: wire.Struct, Size: 16, Align: 8},
	{Name: "name", Type: wire.String},
	{Name: "bytes", Type: wire.Scalars, Size: 1, Max: 8},
	{Name: "longs", Type: wire.Scalars, Size: 8},
	{Name: "path", Type: wire.Structs, Size: 16, Align: 8},
	{Name: "words", Type: wire.Strings},
	{Name: "leaf", Type: wire.Table, Table: leafSpec},
	{Name: "twig", Type: wire.Table, Table: twigSpec},
	{Name: "leaves", Type: wire.Tables, Table: leafSpec},
	{Name: "gone"},
	{Name: "any_type", Type: wire.Scalar, Size: 1},
	{Name: "any", Type: wire.UnionTable, Union: []*wire.TableSpec{nil, leafSpec, twigSpec}},
	{Name: "last", Type: wire.Scalar, Size: 2},
}}

// vector writes a vector of offsets.
func vector(b *flatbuffers.Builder, offsets ...flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	return b.CreateVectorOfTables(offsets)
}

func leaf(b *flatbuffers.Builder, name string) flatbuffers.UOffsetT {
	n := b.CreateString(name)
	LeafStart(b)
	LeafAddName(b, n)
	LeafAddWeight(b, 1.5)
	return LeafEnd(b)
}

// twig nests depth more twigs below it.
func twig(b *flatbuffers.Builder, depth int) flatbuffers.UOffsetT {
	var next flatbuffers.UOffsetT
	if depth > 0 {
		next = twig(b, depth-1)
	}
	leaves := vector(b, leaf(b, "l"), leaf(b, "é"))
	TwigStart(b)
	TwigAddLeaves(b, leaves)
	if depth > 0 {
		TwigAddNext(b, next)
	}
	return TwigEnd(b)
}

// fullZoo is a message with every field; depth is how deep its twigs nest.
func fullZoo(depth int) []byte {
	b := flatbuffers.NewBuilder(0)
	name, shared := b.CreateString("zoo ✓"), b.CreateSharedString("twice")
	bytes := b.CreateByteVector([]byte{1, 2, 3, 4, 5})
	ZooStartLongsVector(b, 3)
	for i := range 3 {
		b.PrependUint64(uint64(i) << 40)
	}
	longs := b.EndVector(3)
	ZooStartPathVector(b, 2)
	CreatePoint(b, 1, 2)
	CreatePoint(b, 3, 4)
	path := b.EndVector(2)
	words := vector(b, shared, b.CreateString(""), b.CreateSharedString("twice"))
	one, two, three := leaf(b, "one"), leaf(b, "two"), twig(b, 0)
	leaves, nested := vector(b, one, two), twig(b, depth)
	ZooStart(b)
	ZooAddFlag(b, true)
	ZooAddSmall(b, -7)
	ZooAddBig(b, 1<<63)
	ZooAddAt(b, CreatePoint(b, -1, -2))
	ZooAddName(b, name)
	ZooAddBytes(b, bytes)
	ZooAddLongs(b, longs)
	ZooAddPath(b, path)
	ZooAddWords(b, words)
	ZooAddLeaf(b, one)
	ZooAddTwig(b, nested)
	ZooAddLeaves(b, leaves)
	ZooAddAnyType(b, AnyTwig)
	ZooAddAny(b, three)
	ZooAddLast(b, 9)
	return finish(b, ZooEnd(b))
}

func finish(b *flatbuffers.Builder, root flatbuffers.UOffsetT) []byte {
	b.Finish(root)
	return b.FinishedBytes()
}

// walk calls every accessor that reads and returns how many bytes of strings
// and vectors it saw.
func walk(buf []byte) (n int) {
	z := GetRootAsZoo(buf, 0)
	z.Flag()
	z.Small()
	z.Big()
	z.Last()
	var p Point
	if z.At(&p) != nil {
		p.X()
		p.Y()
	}
	n += len(z.Name()) + len(z.BytesBytes())
	for i := range z.BytesLength() {
		z.Bytes(i)
	}
	for i := range z.LongsLength() {
		z.Longs(i)
		n += 8
	}
	for i := range z.PathLength() {
		z.Path(&p, i)
		p.X()
		p.Y()
		n += 16
	}
	for i := range z.WordsLength() {
		n += len(z.Words(i))
	}
	var l Leaf
	if z.Leaf(&l) != nil {
		n += walkLeaf(&l)
	}
	for i := range z.LeavesLength() {
		z.Leaves(&l, i)
		n += walkLeaf(&l)
	}
	var w Twig
	if z.Twig(&w) != nil {
		n += walkTwig(&w)
	}
	var t flatbuffers.Table
	if z.Any(&t) {
		switch z.AnyType() {
		case AnyLeaf:
			l.Init(t.Bytes, t.Pos)
			n += walkLeaf(&l)
		case AnyTwig:
			w.Init(t.Bytes, t.Pos)
			n += walkTwig(&w)
		}
	}
	return n
}

func walkLeaf(l *Leaf) int {
	l.Weight()
	return len(l.Name())
}

func walkTwig(w *Twig) (n int) {
	var l Leaf
	for i := range w.LeavesLength() {
		w.Leaves(&l, i)
		n += walkLeaf(&l)
	}
	var next Twig
	if w.Next(&next) != nil {
		n += walkTwig(&next)
	}
	return n
}
