package sim

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// The layout of a saved state, little-endian: head, puck, one record per ship.
const (
	version   = 1
	headSize  = 35
	bodySize  = 16
	shipSize  = bodySize + 5
	maxState  = headSize + bodySize + MaxShips*shipSize
	flagHeld  = 1 << 3 // bits 0 to 2 are the facing
	flagReady = 1 << 4
	flagHuman = 1 << 5
	flagsUsed = 1<<6 - 1
)

// stateSize returns the length of the state of n ships in bytes.
func stateSize(n int) int { return headSize + bodySize + n*shipSize }

// Save implements netcode.Saver: 135 bytes for four ships, 219 for eight.
func (w *World) Save(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, version, w.n, byte(w.phase), w.touch)
	dst = le.AppendUint64(dst, w.seed)
	dst = le.AppendUint64(dst, w.rand.State())
	dst = le.AppendUint32(dst, w.frame)
	dst = le.AppendUint16(dst, w.round)
	dst = le.AppendUint16(dst, w.timer)
	dst = le.AppendUint16(dst, w.clock)
	dst = append(dst, w.score[0], w.score[1], w.wins[0], w.wins[1], w.jam)
	dst = w.puck.save(dst)
	for i := range w.ships[:w.n] {
		s := &w.ships[i]
		dst = s.save(dst)
		dst = append(dst, s.flags(), s.dash, s.cooldown, s.emote, s.emoteFor)
	}
	return dst
}

func (b *body) save(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, uint32(b.pos.X))
	dst = le.AppendUint32(dst, uint32(b.pos.Y))
	dst = le.AppendUint32(dst, uint32(b.vel.X))
	return le.AppendUint32(dst, uint32(b.vel.Y))
}

// flags packs the facing and the bools of a ship.
func (s *ship) flags() byte {
	f := byte(s.facing)
	if s.held {
		f |= flagHeld
	}
	if s.ready {
		f |= flagReady
	}
	if s.human {
		f |= flagHuman
	}
	return f
}

// Hash implements netcode.Hasher: XXH64 over everything that Save writes.
func (w *World) Hash() uint64 { return xxhash.Sum64(w.Save(w.scratch[:0])) }
