package lockstep

import (
	"encoding/binary"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// Entries of one seat travel in sections: seat, first frame, count, then the
// entries. Moves are held controls and mostly repeat, so runs are cheap:
//
//	0nnnnnnn            n+1 entries with the move of the one before, nothing else
//	10xslkcm …          one entry; m: a move follows (else the one before),
//	                    c: a chunk of orders, k: a check, l: the author leaves,
//	                    s: a sum, x: a command
//
// The first entry of a section may lack its move too, if the reader is known to
// hold the entry before it. One that does not (any more) leaves the section.
//
// Most datagrams have one section, of the sender's first seat: then seat and
// count are left out, and it goes on to the end.
const (
	codeEntry   = 0x80
	codeMove    = 0x01
	codeChunk   = 0x02
	codeCheck   = 0x04
	codeLeave   = 0x08
	codeSum     = 0x10
	codeCommand = 0x20
	codeAll     = codeEntry | codeMove | codeChunk | codeCheck | codeLeave | codeSum | codeCommand
	maxRun      = 0x7f + 1
)

// sigSize is the length of a signature in a command, in bytes.
const sigSize = 64

// maxSection is the largest number of entries in one section.
const maxSection = 0x7f

// writer appends sections to a datagram of at most limit bytes.
type writer struct {
	b                []byte
	limit            int
	moveMin, moveMax int
	sole             bool // no seat and no count
}

// section appends entries [from, to) of a log, as many as fit and no more than
// maxSection, and returns the frame after the last one. base is the number that
// first frames are told relative to. With follows the reader holds the entry
// before from. Nothing is appended if not one entry fits.
func (w *writer) section(seat int, l *seatLog, base, from, to Frame, follows bool) Frame {
	if from >= to {
		return from
	}
	start := len(w.b)
	if !w.sole {
		w.b = append(w.b, byte(seat))
	}
	w.b = binary.AppendVarint(w.b, int64(from-base))
	count := len(w.b)
	if !w.sole {
		w.b = append(w.b, 0)
	}
	run := -1 // where the open run's byte is
	follows = follows && from > l.start && l.holds(from-1)
	f := from
	for ; f < to && f-from < maxSection; f++ {
		e := &l.at(f).entry
		same := (f > from || follows) && string(e.Move) == string(l.at(f-1).entry.Move)
		mark := len(w.b)
		switch {
		case same && e.plain() && run >= 0 && w.b[run] < maxRun-1:
			w.b[run]++
			continue
		case same && e.plain():
			run = len(w.b)
			w.b = append(w.b, 0)
		default:
			run = -1
			w.entry(f, e, same)
		}
		if len(w.b) > w.limit {
			w.b = w.b[:mark]
			break
		}
	}
	if f == from {
		w.b = w.b[:start]
		return from
	}
	if !w.sole {
		w.b[count] = byte(f - from)
	}
	return f
}

func (w *writer) entry(f Frame, e *Entry, same bool) {
	code := byte(codeEntry)
	if !same {
		code |= codeMove
	}
	if len(e.Chunk) > 0 {
		code |= codeChunk
	}
	if e.CheckFrame > 0 {
		code |= codeCheck
	}
	if e.Leave {
		code |= codeLeave
	}
	if e.SumFrame > 0 {
		code |= codeSum
	}
	if e.Command.Kind != NoCommand {
		code |= codeCommand
	}
	w.b = append(w.b, code)
	if !same {
		if w.moveMin != w.moveMax {
			w.b = append(w.b, byte(len(e.Move)))
		}
		w.b = append(w.b, e.Move...)
	}
	if len(e.Chunk) > 0 {
		w.b = append(w.b, byte(len(e.Chunk)))
		w.b = append(w.b, e.Chunk...)
	}
	if e.CheckFrame > 0 {
		w.b = binary.AppendUvarint(w.b, uint64(f-e.CheckFrame))
		w.b = binary.LittleEndian.AppendUint64(w.b, e.Check)
	}
	if e.SumFrame > 0 {
		w.b = binary.AppendUvarint(w.b, uint64(f-e.SumFrame))
		w.b = binary.LittleEndian.AppendUint32(w.b, e.Sum)
	}
	if e.Command.Kind != NoCommand {
		w.b = append(w.b, byte(e.Command.Kind), e.Command.Member)
		if e.Command.Kind == JoinCommand {
			w.b = binary.LittleEndian.AppendUint32(w.b, e.Command.Incarnation)
			w.b = append(w.b, e.Command.Sig...)
		}
	}
}

// entrySize returns about how many bytes an entry takes in a section.
func entrySize(e *Entry) int {
	n := 2 + len(e.Move) + len(e.Chunk)
	if e.CheckFrame > 0 {
		n += 10
	}
	if e.SumFrame > 0 {
		n += 6
	}
	if e.Command.Kind != NoCommand {
		n += 6 + len(e.Command.Sig)
	}
	return n
}

// sectionReader reads the entries of one section.
type sectionReader struct {
	seat  int
	frame Frame // of the entry that next returns
	left  int
	run   int
	sole  bool  // it ends with the datagram
	loose bool  // its first moves are those of an entry that is not here
	entry Entry // points into the datagram
}

// readSection begins a section. Its frames are within reach of base.
func readSection(r *wire.Reader, base Frame) sectionReader {
	s := sectionReader{seat: int(r.U8()), loose: true}
	s.frame = base + Frame(r.Varint(-2*ringFrames, 2*ringFrames))
	s.left = r.Int(maxSection)
	return s.begun(r)
}

// readSole begins the only section of a datagram, which is of this seat.
func readSole(r *wire.Reader, seat int, base Frame) sectionReader {
	s := sectionReader{seat: seat, sole: true, loose: true, left: maxSection}
	s.frame = base + Frame(r.Varint(-2*ringFrames, 2*ringFrames))
	return s.begun(r)
}

// follow says what the move before the section is.
func (s *sectionReader) follow(move []byte) { s.entry.Move, s.loose = move, false }

func (s sectionReader) begun(r *wire.Reader) sectionReader {
	if s.seat >= MaxMembers || s.left == 0 || s.frame < 0 {
		r.Fail(wire.ErrRange)
	}
	if r.Err() != nil {
		return sectionReader{}
	}
	return s
}

// next moves to the next entry, which is s.entry for frame s.frame-1 then; while
// s.loose its move is not known. It reports false at the end of the section or
// when r has failed.
func (s *sectionReader) next(r *wire.Reader, moveMin, moveMax int) bool {
	if r.Err() != nil || s.sole && s.run == 0 && r.Len() == 0 || !s.sole && s.left == 0 {
		return false
	}
	if s.left == 0 {
		r.Fail(wire.ErrRange)
		return false
	}
	s.left--
	s.frame++
	if s.run > 0 {
		s.run--
		return true
	}
	code := r.U8()
	s.entry = Entry{Move: s.entry.Move}
	if code&codeEntry == 0 {
		s.run = int(code)
		if s.run > s.left {
			r.Fail(wire.ErrRange)
		}
		return r.Err() == nil
	}
	if code&^codeAll != 0 {
		r.Fail(wire.ErrRange)
	}
	if code&codeMove != 0 {
		s.loose = false
		n := moveMin
		if moveMin != moveMax {
			n = int(r.U8())
		}
		if n < moveMin || n > moveMax {
			r.Fail(wire.ErrRange)
		}
		s.entry.Move = r.Bytes(n)
	}
	if code&codeChunk != 0 {
		n := int(r.U8())
		if n == 0 || n > maxChunk {
			r.Fail(wire.ErrRange)
		}
		s.entry.Chunk = r.Bytes(n)
	}
	if code&codeCheck != 0 {
		back := r.Uvarint(uint64(s.frame - 1))
		s.entry.CheckFrame = s.frame - 1 - Frame(back)
		s.entry.Check = r.U64()
		if s.entry.CheckFrame == 0 {
			r.Fail(wire.ErrRange)
		}
	}
	s.entry.Leave = code&codeLeave != 0
	if code&codeSum != 0 {
		back := r.Uvarint(uint64(s.frame - 1))
		s.entry.SumFrame = s.frame - 1 - Frame(back)
		s.entry.Sum = r.U32()
		if s.entry.SumFrame == 0 {
			r.Fail(wire.ErrRange)
		}
	}
	if code&codeCommand != 0 {
		s.entry.Command = readCommand(r)
	}
	return r.Err() == nil
}

func readCommand(r *wire.Reader) Command {
	cmd := Command{Kind: CommandKind(r.U8()), Member: r.U8()}
	if cmd.Kind == JoinCommand {
		cmd.Incarnation = r.U32()
		cmd.Sig = r.Bytes(sigSize)
	}
	if cmd.Kind == NoCommand || cmd.Kind > KickCommand || cmd.Member >= MaxMembers || cmd.Kind == JoinCommand && cmd.Incarnation == 0 {
		r.Fail(wire.ErrRange)
	}
	return cmd
}
