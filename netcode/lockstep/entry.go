package lockstep

// Entry is what a seat's holder wrote into its log for one frame.
type Entry struct {
	// Move is the held controls, MoveMin to MoveMax bytes.
	Move []byte
	// Chunk is the next piece of the seat's stream of orders, at most maxChunk
	// bytes; usually empty.
	Chunk []byte
	// Check is the hash of the author's state before frame CheckFrame, which it
	// had confirmed when it wrote the entry. CheckFrame is 0 for none, else
	// CheckFrame ≤ the entry's frame.
	Check      uint64
	CheckFrame Frame
	// SumFrame is a frame that its author had confirmed when it wrote the entry,
	// and Sum the sum over the logs of all seats below it (see sums.go).
	// SumFrame is 0 for none, else SumFrame ≤ the entry's frame.
	Sum      uint32
	SumFrame Frame
	// Leave says that this is the author's last entry: the seat is Gone from
	// the next frame on.
	Leave bool
	// Command is something that all members agree on by reading it here.
	Command Command
}

// plain reports whether the entry holds nothing but its move.
func (e *Entry) plain() bool {
	return len(e.Chunk) == 0 && e.CheckFrame == 0 && e.SumFrame == 0 && !e.Leave && e.Command.Kind == NoCommand
}

// CommandKind says what a [Command] does.
type CommandKind uint8

// The kinds of commands.
const (
	NoCommand CommandKind = iota
	// JoinCommand makes a member's seats Playing again, [Alpha] frames after the
	// entry, under a new incarnation.
	JoinCommand
	// KickCommand is a vote to drop a member. It acts when more than half of the
	// other players have cast theirs.
	KickCommand
)

// Command is an entry's part that concerns the match itself.
type Command struct {
	Kind        CommandKind
	Member      uint8
	Incarnation uint32 // of the member from then on, for JoinCommand; never 0
	Sig         []byte // the member's, over its wish to join; 64 bytes, for JoinCommand
}

// copyFrom makes e a copy of src that shares no memory with it; e's own buffers
// are used again.
func (e *Entry) copyFrom(src *Entry) {
	e.Move = append(e.Move[:0], src.Move...)
	e.Chunk = append(e.Chunk[:0], src.Chunk...)
	e.Check, e.CheckFrame, e.Leave = src.Check, src.CheckFrame, src.Leave
	sig := append(e.Command.Sig[:0], src.Command.Sig...)
	e.Sum, e.SumFrame, e.Command = src.Sum, src.SumFrame, src.Command
	e.Command.Sig = sig
}
