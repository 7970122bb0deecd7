package lockstep

// Limits that every machine must share. With them an author is never more than
// MaxInputDelay+MaxRollback+1 ≤ 64 frames ahead of what all others hold.
const (
	MaxInputDelay = 30 // frames between reading a move and stepping it
	MaxRollback   = 32 // frames stepped on predicted moves
	MaxMove       = 255
	MaxOrder      = 4096 // bytes of one order
)
