package netcode

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"github.com/tuttiplay/tutti/netcode/lockstep"
)

// codec writes moves as bytes and reads them. It is planned once from the type:
// first all bools, eight to a byte, then all integers in little endian, each in
// the order of the fields. So equal moves are equal bytes on every machine.
type codec[M any] struct {
	bools  []uintptr // offsets into M
	ints   []intField
	size   int    // bytes of an encoded move
	custom bool   // *M is a MoveCodec; the rest is unused
	schema string // what the plan was made from, for comparing builds
}

type intField struct {
	offset uintptr
	size   uintptr // 1, 2, 4 or 8 bytes
}

func planCodec[M any]() (codec[M], error) {
	t := reflect.TypeFor[M]()
	if reflect.PointerTo(t).Implements(reflect.TypeFor[MoveCodec]()) {
		return codec[M]{custom: true, schema: "codec " + t.String()}, nil
	}
	var c codec[M]
	if t.Kind() != reflect.Struct {
		return c, fmt.Errorf("netcode: the move type is %v; want a struct, or a type whose pointer is a MoveCodec", t)
	}
	var schema strings.Builder
	if err := c.plan(t, 0, "", &schema); err != nil {
		return c, err
	}
	c.size = (len(c.bools) + 7) / 8
	for _, f := range c.ints {
		c.size += int(f.size)
	}
	if c.size > lockstep.MaxMove {
		return c, fmt.Errorf("netcode: a %v takes %d bytes; a move has at most %d", t, c.size, lockstep.MaxMove)
	}
	c.schema = schema.String()
	return c, nil
}

// plan adds the leaves of type t, found at offset under the name path.
func (c *codec[M]) plan(t reflect.Type, offset uintptr, path string, schema *strings.Builder) error {
	switch t.Kind() {
	case reflect.Bool:
		c.bools = append(c.bools, offset)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.ints = append(c.ints, intField{offset, t.Size()})
	case reflect.Array:
		if t.Len() == 0 { // takes no room, but what it is made of must be allowed
			return new(codec[M]).plan(t.Elem(), 0, path+"[0]", new(strings.Builder))
		}
		if t.Len() > 8*lockstep.MaxMove {
			return fmt.Errorf("netcode: move field %s has too many elements; a move has at most %d bytes", path, lockstep.MaxMove)
		}
		for i := range t.Len() {
			if err := c.plan(t.Elem(), offset+uintptr(i)*t.Elem().Size(), fmt.Sprintf("%s[%d]", path, i), schema); err != nil {
				return err
			}
			if c.leaves() > 8*lockstep.MaxMove {
				return fmt.Errorf("netcode: move field %s has too many elements; a move has at most %d bytes", path, lockstep.MaxMove)
			}
		}
		return nil
	case reflect.Struct:
		for f := range t.Fields() {
			name := f.Name
			if path != "" {
				name = path + "." + name
			}
			if err := c.plan(f.Type, offset+f.Offset, name, schema); err != nil {
				return err
			}
		}
		return nil
	default:
		return fmt.Errorf("netcode: move field %s is a %v; want bools, sized integers (int8 to uint64), arrays or structs of those", path, t)
	}
	fmt.Fprintf(schema, "%s %v;", path, t.Kind())
	return nil
}

func (c *codec[M]) leaves() int { return len(c.bools) + len(c.ints) }

// limits returns the least and the largest size of an encoded move in bytes.
func (c *codec[M]) limits() (low, high int) {
	if c.custom {
		return 0, lockstep.MaxMove
	}
	return c.size, c.size
}

// hash tells move types apart that are encoded differently.
func (c *codec[M]) hash() uint64 { return xxhash.Sum64String(c.schema) }

// encode appends the move to dst.
func (c *codec[M]) encode(dst []byte, m *M) []byte {
	if c.custom {
		return any(m).(MoveCodec).AppendMove(dst)
	}
	at := unsafe.Pointer(m)
	for i := 0; i < len(c.bools); i += 8 {
		var b byte
		for k, offset := range c.bools[i:min(i+8, len(c.bools))] {
			if *(*bool)(unsafe.Add(at, offset)) {
				b |= 1 << k
			}
		}
		dst = append(dst, b)
	}
	for _, f := range c.ints {
		p := unsafe.Add(at, f.offset)
		switch f.size {
		case 1:
			dst = append(dst, *(*uint8)(p))
		case 2:
			dst = binary.LittleEndian.AppendUint16(dst, *(*uint16)(p))
		case 4:
			dst = binary.LittleEndian.AppendUint32(dst, *(*uint32)(p))
		case 8:
			dst = binary.LittleEndian.AppendUint64(dst, *(*uint64)(p))
		}
	}
	return dst
}

// decode replaces m by the move in src. What is no move, which only a hostile
// peer sends, is the zero move on every machine.
func (c *codec[M]) decode(m *M, src []byte) {
	var zero M
	*m = zero
	if c.custom {
		if len(src) == 0 || any(m).(MoveCodec).DecodeMove(src) != nil {
			*m = zero
		}
		return
	}
	if len(src) != c.size {
		return
	}
	at := unsafe.Pointer(m)
	for i, offset := range c.bools {
		*(*bool)(unsafe.Add(at, offset)) = src[i/8]>>(i%8)&1 != 0
	}
	src = src[(len(c.bools)+7)/8:]
	for _, f := range c.ints {
		p := unsafe.Add(at, f.offset)
		switch f.size {
		case 1:
			*(*uint8)(p) = src[0]
		case 2:
			*(*uint16)(p) = binary.LittleEndian.Uint16(src)
		case 4:
			*(*uint32)(p) = binary.LittleEndian.Uint32(src)
		case 8:
			*(*uint64)(p) = binary.LittleEndian.Uint64(src)
		}
		src = src[f.size:]
	}
}
