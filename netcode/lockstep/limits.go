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
	// MaxInputDelay + MaxRollback + 1 ≤ 64, so no author is further ahead than
	// that of what all others hold.
	MaxRollback = 32
	// MaxMove is the largest move of one seat in one frame, in bytes.
	MaxMove = 255
	// MaxOrder is the largest order, in bytes.
	MaxOrder = 4096
	// MaxBacklog is how many bytes of orders may wait for their frames.
	MaxBacklog = 64 << 10

	// maxChunk is how many bytes of orders one frame of one seat carries.
	maxChunk = 128
	// ringFrames is how many frames of a log are kept: a power of two, more
	// than twice the 64 frames between an author and its slowest reader.
	ringFrames = 256
	// forever is a frame that no match reaches.
	forever = Frame(1<<31 - 1)
)
