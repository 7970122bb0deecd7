package wire

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// Sizes of what FlatBuffers stores.
const (
	offsetSize = 4                // of an offset, a length and a vtable reference
	slotSize   = 2                // of an entry in a vtable
	vtableHead = 2 * slotSize     // the vtable's size, the table's size
	maxMessage = 1<<31 - 1        // FlatBuffers' own limit
	minMessage = 2*offsetSize + 4 // root offset, an empty table and its vtable
)

// Verify reports whether every generated accessor of the table described by
// root can read buf without a panic or a byte out of bounds; call it before the
// first one does. It checks what the verifier of C++ checks — the root offset,
// vtables, offsets, alignment, vectors, strings, required fields, depth and
// number of tables — and beyond it that inline fields start inside their
// table, that strings are valid UTF-8 and that shared parts cannot multiply the
// work. Enum values are not checked.
//
// The error is a [*VerifyError] for the first fault in the order of slots. It
// allocates for an error only, keeps nothing of buf, and its time is bounded by
// limits. buf must not change until the last accessor has run.
func Verify(buf []byte, root *TableSpec, limits Limits) error {
	if root == nil {
		return &VerifyError{Path: "message", Fault: FaultSpec}
	}
	v := verifier{buf: buf, limits: limits.withDefaults()}
	if e := v.root(root); e != nil {
		e.Path = root.Name + e.Path
		return e
	}
	return nil
}

// verifier is one run of Verify. Positions are ints inside buf; everything read
// from buf goes through uint64 before it is added to one, so nothing wraps.
type verifier struct {
	buf    []byte
	limits Limits
	depth  int // tables we are inside of, <= limits.Depth
	tables int // tables seen, <= limits.Tables
	bytes  int // bytes of strings and vectors seen, <= limits.Bytes
}

func fault(f Fault) *VerifyError { return &VerifyError{Fault: f} }

// within puts a field's name in front of the path of an error.
func within(name string, e *VerifyError) *VerifyError {
	if e != nil {
		e.Path = "." + name + e.Path
	}
	return e
}

// at puts an element's number in front of the path of an error.
func at(i int, e *VerifyError) *VerifyError {
	if e != nil {
		e.Path = "[" + strconv.Itoa(i) + "]" + e.Path
	}
	return e
}

func (v *verifier) u16(pos int) int    { return int(binary.LittleEndian.Uint16(v.buf[pos:])) }
func (v *verifier) u32(pos int) uint64 { return uint64(binary.LittleEndian.Uint32(v.buf[pos:])) }

// fits reports whether buf has n bytes at pos. pos and n are not negative.
func (v *verifier) fits(pos int, n uint64) bool {
	return pos <= len(v.buf) && n <= uint64(len(v.buf)-pos)
}

func (v *verifier) root(spec *TableSpec) *VerifyError {
	if len(v.buf) < minMessage || len(v.buf) > min(v.limits.Size, maxMessage) {
		return fault(FaultSize)
	}
	pos, e := v.follow(0)
	if e != nil {
		return e
	}
	return v.table(pos, spec)
}

// follow reads the offset at pos, of which all four bytes are known to be in
// buf, and returns where it points: an aligned place with four bytes.
func (v *verifier) follow(pos int) (int, *VerifyError) {
	off := v.u32(pos)
	if off == 0 || !v.fits(pos, off+offsetSize) {
		return 0, fault(FaultBounds)
	}
	pos += int(off)
	if pos%offsetSize != 0 {
		return 0, fault(FaultAlign)
	}
	return pos, nil
}

// vtable finds the vtable of the table at pos and checks both sizes in it.
func (v *verifier) vtable(pos int) (vt, vtSize, size int, e *VerifyError) {
	// The reference is signed and subtracted.
	at := int64(pos) - int64(int32(v.u32(pos)))
	if at < 0 || at > int64(len(v.buf)-vtableHead) {
		return 0, 0, 0, fault(FaultVtable)
	}
	vt = int(at)
	vtSize, size = v.u16(vt), v.u16(vt+slotSize)
	if vt%slotSize != 0 || vtSize%slotSize != 0 || vtSize < vtableHead || !v.fits(vt, uint64(vtSize)) {
		return 0, 0, 0, fault(FaultVtable)
	}
	if size < offsetSize || !v.fits(pos, uint64(size)) {
		return 0, 0, 0, fault(FaultBounds)
	}
	return vt, vtSize, size, nil
}

// table checks the table at pos, which is aligned and has four bytes.
func (v *verifier) table(pos int, spec *TableSpec) *VerifyError {
	if spec == nil {
		return fault(FaultSpec)
	}
	v.depth++
	v.tables++
	if v.depth > v.limits.Depth {
		return fault(FaultDepth)
	}
	if v.tables > v.limits.Tables {
		return fault(FaultWork)
	}
	vt, vtSize, size, e := v.vtable(pos)
	if e != nil {
		return e
	}
	kind := 0 // value of the slot before if it is one byte: a union's type
	for i := range spec.Fields {
		f := &spec.Fields[i]
		off := 0
		if slot := vtableHead + i*slotSize; slot < vtSize {
			off = v.u16(vt + slot)
		}
		e := v.field(pos, off, size, kind, f)
		if e != nil {
			return within(f.Name, e)
		}
		kind = 0
		if f.Type == Scalar && f.Size == 1 && off != 0 {
			kind = int(v.buf[pos+off])
		}
	}
	v.depth--
	return nil
}

// field checks the field at offset off, 0 if it is missing, of the table of
// size bytes at pos. kind is the union's type if it is a union.
//
// Only the field's start is held against the table's size: Go's builder shares
// a vtable between tables of one shape whose padding differs, so the size in it
// may be short for the field's end. The end is held against the message.
func (v *verifier) field(pos, off, size, kind int, f *Field) *VerifyError {
	if f.Type == Unused {
		return nil
	}
	if f.Type == UnionTable && (off == 0) != (kind == 0) {
		return fault(FaultUnion)
	}
	if off == 0 {
		if f.Required {
			return fault(FaultRequired)
		}
		return nil
	}
	if off < offsetSize || off >= size {
		return fault(FaultBounds)
	}
	pos += off
	length, align := offsetSize, offsetSize
	if f.Type == Scalar || f.Type == Struct {
		length, align = f.Size, f.align()
	}
	if length <= 0 || align <= 0 {
		return fault(FaultSpec)
	}
	if !v.fits(pos, uint64(length)) {
		return fault(FaultBounds)
	}
	if pos%align != 0 {
		return fault(FaultAlign)
	}
	if f.Type == Scalar || f.Type == Struct {
		return nil
	}
	to, e := v.follow(pos)
	if e != nil {
		return e
	}
	return v.content(to, kind, f)
}

func (f *Field) align() int {
	if f.Align != 0 {
		return f.Align
	}
	return f.Size
}

// content checks what a field's offset points to.
func (v *verifier) content(pos, kind int, f *Field) *VerifyError {
	switch f.Type {
	case String:
		return v.text(pos, f.Max)
	case Scalars, Structs:
		_, e := v.vector(pos, f.Size, f.align(), f.Max)
		return e
	case Strings:
		n, e := v.vector(pos, offsetSize, offsetSize, f.Max)
		for i := 0; e == nil && i < n; i++ {
			var to int
			if to, e = v.follow(pos + offsetSize*(i+1)); e == nil {
				e = v.text(to, 0)
			}
			e = at(i, e)
		}
		return e
	case Table:
		return v.table(pos, f.Table)
	case Tables:
		n, e := v.vector(pos, offsetSize, offsetSize, f.Max)
		for i := 0; e == nil && i < n; i++ {
			var to int
			if to, e = v.follow(pos + offsetSize*(i+1)); e == nil {
				e = v.table(to, f.Table)
			}
			e = at(i, e)
		}
		return e
	case UnionTable:
		if kind >= len(f.Union) || f.Union[kind] == nil {
			return nil
		}
		return v.table(pos, f.Union[kind])
	}
	return fault(FaultSpec)
}

// vector checks the vector at pos, whose length is known to be in buf, and
// returns how many elements it has.
func (v *verifier) vector(pos, size, align, most int) (int, *VerifyError) {
	if size <= 0 || align <= 0 {
		return 0, fault(FaultSpec)
	}
	n := v.u32(pos)
	length := n * uint64(size) // below 2^32 times a small int: no overflow
	if !v.fits(pos+offsetSize, length) {
		return 0, fault(FaultBounds)
	}
	if n > 0 && (pos+offsetSize)%align != 0 {
		return 0, fault(FaultAlign)
	}
	if most > 0 && n > uint64(most) {
		return 0, fault(FaultMax)
	}
	v.bytes += int(length) + offsetSize
	if v.bytes > v.limits.Bytes {
		return 0, fault(FaultWork)
	}
	return int(n), nil
}

// text checks the string at pos.
func (v *verifier) text(pos, most int) *VerifyError {
	n, e := v.vector(pos, 1, 1, most)
	if e != nil {
		return e
	}
	end := pos + offsetSize + n
	if end >= len(v.buf) || v.buf[end] != 0 || !utf8.Valid(v.buf[pos+offsetSize:end]) {
		return fault(FaultString)
	}
	return nil
}
