package netcode_test

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// keys are the held controls of the test game.
type keys struct {
	Left, Right, Fire bool
	Aim               int16
}

// yard is the test game: each seat has a body that its keys push around, and
// all that ever happened goes into a digest. It records the state before each
// frame, so that two machines can be compared frame by frame.
type yard struct {
	pos, vel [peer.MaxSeats]int32
	digest   uint64
	orders   [peer.MaxSeats]uint32 // how many came, per seat
	frame    netcode.Frame

	// Not part of the state:
	quiet   bool          // records nothing
	wrongAt netcode.Frame // the frame from which this machine computes wrongly; 0 is none
	seats   int
	hashes  []uint64         // hash before frame i, as last computed
	got     [][]delivery     // orders delivered, by frame, as last computed
	status  []netcode.Status // of the newest frame
	bad     error
	loads   int
}

type delivery struct {
	seat int
	text string
}

func (y *yard) Start(m peer.Match) {
	*y = yard{seats: len(m.Seats), digest: m.Seed, quiet: y.quiet, wrongAt: y.wrongAt}
}

func (y *yard) Step(in netcode.Input[keys]) {
	if in.Frame != y.frame {
		y.bad = errors.Join(y.bad, fmt.Errorf("stepped frame %d, want %d", in.Frame, y.frame))
	}
	if !y.quiet {
		y.hashes = append(y.hashes[:in.Frame], y.Hash())
		y.got = append(y.got[:in.Frame], nil)
	}
	y.status = y.status[:0]
	for i := range in.Seats {
		s := &in.Seats[i]
		y.status = append(y.status, s.Status)
		switch {
		case s.Move.Left:
			y.vel[i]--
		case s.Move.Right:
			y.vel[i]++
		}
		y.pos[i] += y.vel[i] + int32(s.Move.Aim)
		for _, o := range s.Orders {
			y.orders[i]++
			y.digest = y.digest*31 + xxhash.Sum64(o)
			if !y.quiet {
				y.got[in.Frame] = append(y.got[in.Frame], delivery{i, string(o)})
			}
		}
		y.digest = y.digest*1099511628211 + uint64(y.pos[i])<<8 + uint64(s.Status)
	}
	if y.wrongAt > 0 && in.Frame == y.wrongAt {
		y.digest++
	}
	y.frame++
}

func (y *yard) Save(dst []byte) []byte {
	for i := range y.pos {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(y.pos[i]))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(y.vel[i]))
		dst = binary.LittleEndian.AppendUint32(dst, y.orders[i])
	}
	dst = binary.LittleEndian.AppendUint32(dst, uint32(y.frame))
	return binary.LittleEndian.AppendUint64(dst, y.digest)
}

func (y *yard) Load(src []byte) error {
	if len(src) != 12*len(y.pos)+12 {
		return fmt.Errorf("state of %d bytes", len(src))
	}
	y.loads++
	for i := range y.pos {
		y.pos[i] = int32(binary.LittleEndian.Uint32(src[12*i:]))
		y.vel[i] = int32(binary.LittleEndian.Uint32(src[12*i+4:]))
		y.orders[i] = binary.LittleEndian.Uint32(src[12*i+8:])
	}
	src = src[12*len(y.pos):]
	y.frame = netcode.Frame(binary.LittleEndian.Uint32(src))
	y.digest = binary.LittleEndian.Uint64(src[4:])
	return nil
}

func (y *yard) Hash() uint64 {
	var buf [12*peer.MaxSeats + 12]byte
	return xxhash.Sum64(y.Save(buf[:0]))
}
