package lockstep

import "github.com/tuttiplay/tutti/netcode/peer"

// Limits that every machine shares.
const (
	// MaxMembers is the largest number of peers in one match.
	MaxMembers = peer.MaxSeats
	// MaxInputDelay is the largest number of frames between reading a move and
	// stepping it.
	MaxInputDelay = 30
	// MaxRollback is the largest number of frames stepped on predicted moves.
	MaxRollback = 24
	// MaxMove is the largest move of one seat in one frame, in bytes.
	MaxMove = 255
	// MaxOrder is the largest order, in bytes.
	MaxOrder = 4096
	// MaxBacklog is how many bytes of orders may wait for their frames.
	MaxBacklog = 64 << 10

	// MaxSaveEvery is the largest number of frames from one kept state to the
	// next.
	MaxSaveEvery = 8
	// Alpha is α, how many frames after its entry a command acts: more than any
	// member can have stepped without holding that entry. It also bounds how far
	// settled stays behind confirmed, because a move for frame g proves that its
	// author held everything up to g - MaxInputDelay - MaxRollback - 1, and it
	// says so every sumEvery frames.
	Alpha = MaxInputDelay + MaxRollback + 1 + sumEvery
	// sumEvery is how many frames lie between two reports, in each log, of what
	// its author has confirmed.
	sumEvery = 8

	// maxChunk is how many bytes of orders one frame of one seat carries.
	maxChunk = 128
	// ringFrames is how many frames of a log are kept: a power of two, more
	// than twice the Alpha frames between an author and its slowest reader.
	ringFrames = 256
	// forever is a frame that no match reaches.
	forever = Frame(1<<31 - 1)
)
