package piece

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/pace"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// head is what stands before the bytes of a piece.
const head = 5

// maxPartials is how many messages may be on their way in pieces. The sender has
// no more than pace.Window under way, so of an honest one there are fewer.
const maxPartials = 128

// partial is a message of which not all pieces are there.
type partial struct {
	number uint16
	have   uint16 // units, as a set
	buf    []byte // of the message's size
}

// Assembly puts messages together. The zero Assembly has nothing.
type Assembly struct {
	list []partial
	free [][]byte
}

// Add takes a piece, without the byte that says that it is one, and returns the
// message if it is complete; give that back with [Assembly.Release]. ok is false for
// what no queue sends.
func (p *Assembly) Add(b []byte) (msg []byte, ok bool) {
	if len(b) <= head {
		return nil, false
	}
	number, from, size := binary.LittleEndian.Uint16(b), int(b[2])*pace.Unit, int(binary.LittleEndian.Uint16(b[3:]))
	b = b[head:]
	to := from + len(b)
	if size <= pace.Unit || size > peer.MaxMessage || to > size || to < size && len(b)%pace.Unit != 0 || len(b) == size {
		return nil, false
	}
	i := 0
	for i < len(p.list) && p.list[i].number != number {
		i++
	}
	if i == len(p.list) {
		if i == maxPartials {
			return nil, false
		}
		p.list = append(p.list, partial{number: number, buf: p.buffer(size)})
	}
	part := &p.list[i]
	units := (len(b) + pace.Unit - 1) / pace.Unit
	set := uint16((1<<units - 1) << (from / pace.Unit))
	if len(part.buf) != size || part.have&set != 0 {
		return nil, false
	}
	copy(part.buf[from:], b)
	part.have |= set
	if all := (size + pace.Unit - 1) / pace.Unit; part.have != uint16(1<<all-1) {
		return nil, true
	}
	msg = part.buf
	last := len(p.list) - 1
	p.list[i] = p.list[last]
	p.list[last] = partial{}
	p.list = p.list[:last]
	return msg, true
}

func (p *Assembly) buffer(size int) []byte {
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b[:size]
	}
	return make([]byte, size, peer.MaxMessage)
}

// Release takes back what Add returned.
func (p *Assembly) Release(msg []byte) {
	if len(p.free) < 4 {
		p.free = append(p.free, msg)
	}
}
