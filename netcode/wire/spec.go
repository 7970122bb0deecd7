package wire

import "github.com/tuttiplay/tutti/netcode/peer"

// TableSpec describes a FlatBuffers table to [Verify]. A package that speaks a
// schema declares one per table, once, and never changes it; then any number of
// goroutines may use it. A table that contains its own kind sets the pointer in
// an init function, because Go refuses the cycle in a declaration.
type TableSpec struct {
	// Name is the table's name in the schema, for error messages.
	Name string
	// Fields stand in the order of their vtable slots: Fields[i] is slot i. A
	// message may have fewer (an older sender) or more (a newer one); what is
	// not described here is not looked at, and no accessor of ours reads it.
	Fields []Field
}

// Field describes one field of a table.
type Field struct {
	// Name is the field's name in the schema, for error messages.
	Name string
	// Type is how the field is stored. The zero Type is [Unused].
	Type Type
	// Size is the size in bytes of the scalar or struct, or of one element of a
	// vector of those; other types ignore it.
	Size int
	// Align is the alignment in bytes of a struct or of a vector's structs, a
	// power of two; 0 is Size, as for every scalar.
	Align int
	// Max is the largest number of bytes of a string or elements of a vector;
	// 0 is as many as fit the message.
	Max int
	// Required refuses a message that lacks the field.
	Required bool
	// Table describes the table, or each table of a vector.
	Table *TableSpec
	// Union has the table that belongs to each value of the union's type;
	// nil for values whose content is not looked at. The type itself is a field
	// of its own in the slot before: a Scalar of one byte.
	Union []*TableSpec
}

// Type is how a [Field] is stored in a message.
type Type uint8

// The types of fields. Offsets to tables, strings and vectors are 32 bits.
const (
	// Unused is a slot that is not read: deprecated, or of no interest.
	Unused Type = iota
	// Scalar is a number, bool or enum of Size bytes: 1, 2, 4 or 8.
	Scalar
	// Struct is an inline struct of Size bytes aligned to Align.
	Struct
	// String is UTF-8 with a terminating zero that its length does not count.
	String
	// Scalars is a vector of scalars of Size bytes each; also of bytes.
	Scalars
	// Structs is a vector of structs of Size bytes each, aligned to Align.
	Structs
	// Strings is a vector of strings; Max bounds their number, not their length.
	Strings
	// Table is one table, described by the field's Table.
	Table
	// Tables is a vector of tables, described by the field's Table.
	Tables
	// UnionTable is a table whose description the slot before chooses.
	UnionTable
)

// Limits bounds what [Verify] accepts and how long it works. The zero Limits is
// what suits a control message.
type Limits struct {
	// Size is the largest message in bytes; 0 is 16 KiB ([peer.MaxMessage]).
	Size int
	// Depth is how deep tables may nest, the root counted; 0 is 8.
	Depth int
	// Tables is how many tables a message may have in all, one counted again
	// each time it is referred to; 0 is 256.
	Tables int
	// Bytes is how many bytes of strings and vectors a message may have in all,
	// counted again each time they are referred to, so that a few bytes that
	// are shared a thousand times cost nobody much; 0 is four times Size.
	Bytes int
}

// The limits that zero stands for.
const (
	DefaultSize   = peer.MaxMessage
	DefaultDepth  = 8
	DefaultTables = 256
)

func (l Limits) withDefaults() Limits {
	if l.Size == 0 {
		l.Size = DefaultSize
	}
	if l.Depth == 0 {
		l.Depth = DefaultDepth
	}
	if l.Tables == 0 {
		l.Tables = DefaultTables
	}
	if l.Bytes == 0 {
		l.Bytes = 4 * l.Size
	}
	return l
}
