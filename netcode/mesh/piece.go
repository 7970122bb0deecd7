package mesh

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/pace"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// A bulk message that is larger than a piece may be goes in several, so that a
// move never waits behind a whole one: sixteen kilobytes take 26 ms on a line of
// 5 Mbit/s. A piece is
//
//	kind (1), number of the message (2), place in pace.Units (1), size of the message (2), bytes
//
// and all pieces but the last are whole units long.
const pieceHead = 6

// maxPartials is how many messages may be on their way in pieces. The sender has
// no more than pace.Window under way, so of an honest one there are fewer.
const maxPartials = 128

// partial is a message of which not all pieces are there.
type partial struct {
	number uint16
	have   uint16 // units, as a set
	buf    []byte // of the message's size
}

// pieces puts messages together. link.mu guards it.
type pieces struct {
	list []partial
	free [][]byte
}

// appendPiece writes the head of a piece and its bytes.
func appendPiece(b []byte, number uint16, msg []byte, from, to int) []byte {
	b = binary.LittleEndian.AppendUint16(append(b, pieceFrame), number)
	b = binary.LittleEndian.AppendUint16(append(b, byte(from/pace.Unit)), uint16(len(msg)))
	return append(b, msg[from:to]...)
}

// add takes a piece, its kind included, and returns the message if it is
// complete; give that back with release. ok is false for what no mesh sends.
func (p *pieces) add(b []byte) (msg []byte, ok bool) {
	if len(b) <= pieceHead {
		return nil, false
	}
	number, from, size := binary.LittleEndian.Uint16(b[1:]), int(b[3])*pace.Unit, int(binary.LittleEndian.Uint16(b[4:]))
	b = b[pieceHead:]
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

func (p *pieces) buffer(size int) []byte {
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b[:size]
	}
	return make([]byte, size, peer.MaxMessage)
}

// release takes back what add returned.
func (p *pieces) release(msg []byte) {
	if len(p.free) < 4 {
		p.free = append(p.free, msg)
	}
}

// bulky takes a message of the bulk lane, its kind included.
func (w *way) bulky(b []byte) {
	l := w.link
	l.mu.Lock()
	w.bulkIn += uint32(len(b))
	l.mu.Unlock()
	switch {
	case b[0] == dataFrame && len(b) <= 1+peer.MaxMessage:
		w.bulk(b[1:])
	case b[0] == pieceFrame:
		l.mu.Lock()
		msg, ok := w.pieces.add(b)
		l.mu.Unlock()
		if !ok {
			w.junked()
		}
		if msg == nil {
			return
		}
		w.bulk(msg)
		l.mu.Lock()
		w.pieces.release(msg)
		l.mu.Unlock()
	default:
		w.junked()
	}
}
