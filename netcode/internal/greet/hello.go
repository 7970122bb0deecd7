package greet

import (
	"errors"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tuttiplay/tutti/netcode/internal/fb"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// The kinds of messages, for [wire.Header.Kind].
const (
	KindHello  = wire.Kind(fb.KindHello)
	KindRefuse = wire.Kind(fb.KindRefuse)
)

// The largest texts in bytes.
const (
	// MaxBuild bounds [Hello.Build].
	MaxBuild = fb.MaxBuild
	// MaxArch bounds [Hello.GoArch].
	MaxArch = fb.MaxArch
)

// ErrBuild is returned by [Hello.Validate] and [ParseHello] for a build name
// that is empty, too long or no UTF-8, and for such a GOARCH except that it may
// be empty.
var ErrBuild = errors.New("greet: the build name or GOARCH is empty, too long or not UTF-8")

// Hello is what a peer was built for and wants. Two peers play together only if
// all of it but GoArch and Nonce is equal; [Hello.Differs] compares.
type Hello struct {
	// Build names the game and its version, compared byte by byte: 1 to
	// [MaxBuild] bytes of UTF-8.
	Build string
	// SchemaHash is a hash over the layout of the game's moves.
	SchemaHash uint64
	// TickRate is in frames per second; 0 is no fixed rate.
	TickRate uint16
	// CheckInterval is the number of frames between two checksums; 0 is none.
	CheckInterval uint32
	// DropAfter is the silence until a drop is proposed. It travels in whole
	// milliseconds, 0 to about 49 days; the rest is cut off.
	DropAfter time.Duration
	// MaxInputDelay is the largest input delay in frames.
	MaxInputDelay uint8
	// MaxRollback is the rollback window in frames; 0 is lockstep.
	MaxRollback uint8
	// FloatMode says how the sender's floats were built; 0 is integers only or
	// unknown. Reserved.
	FloatMode uint8
	// GoArch is the sender's runtime.GOARCH, for reports of a desync; "" is
	// unknown. At most [MaxArch] bytes.
	GoArch string
	// Nonce is drawn afresh for each Hello, so that an old one is not taken for
	// a new one.
	Nonce uint64
	// Grace is for how long a dropped player may come back; like DropAfter it
	// travels in whole milliseconds.
	Grace time.Duration
	// WhenAway and WhenAlone are the match's policies, as package netcode
	// numbers them.
	WhenAway, WhenAlone uint8
	// Signs says that the sender signs what it writes.
	Signs bool
}

// AppendHello appends the table of h to dst and returns it. It writes what it
// is given: a Hello that [Hello.Validate] refuses is refused by the receiver
// too.
func AppendHello(dst []byte, h Hello) []byte {
	b := flatbuffers.NewBuilder(256)
	build, arch := b.CreateString(h.Build), b.CreateString(h.GoArch)
	fb.HelloStart(b)
	fb.HelloAddBuild(b, build)
	fb.HelloAddSchemaHash(b, h.SchemaHash)
	fb.HelloAddTickRate(b, h.TickRate)
	fb.HelloAddCheckInterval(b, h.CheckInterval)
	fb.HelloAddDropAfterMs(b, millis(h.DropAfter))
	fb.HelloAddMaxInputDelay(b, h.MaxInputDelay)
	fb.HelloAddMaxRollback(b, h.MaxRollback)
	fb.HelloAddFloatMode(b, h.FloatMode)
	fb.HelloAddGoArch(b, arch)
	fb.HelloAddNonce(b, h.Nonce)
	fb.HelloAddGraceMs(b, millis(h.Grace))
	fb.HelloAddWhenAway(b, h.WhenAway)
	fb.HelloAddWhenAlone(b, h.WhenAlone)
	fb.HelloAddSigns(b, h.Signs)
	b.Finish(fb.HelloEnd(b))
	return append(dst, b.FinishedBytes()...)
}

// ParseHello reads a table that [AppendHello] wrote, or that somebody pretends
// it did; nothing of b is kept. The error is a [*wire.VerifyError] or
// [ErrBuild], and then the Hello is the zero one.
func ParseHello(b []byte) (Hello, error) {
	if err := wire.Verify(b, fb.HelloSpec, wire.Limits{}); err != nil {
		return Hello{}, err
	}
	t := fb.GetRootAsHello(b, 0)
	h := Hello{
		Build:         string(t.Build()),
		SchemaHash:    t.SchemaHash(),
		TickRate:      t.TickRate(),
		CheckInterval: t.CheckInterval(),
		DropAfter:     time.Duration(t.DropAfterMs()) * time.Millisecond,
		MaxInputDelay: t.MaxInputDelay(),
		MaxRollback:   t.MaxRollback(),
		FloatMode:     t.FloatMode(),
		GoArch:        string(t.GoArch()),
		Nonce:         t.Nonce(),
		Grace:         time.Duration(t.GraceMs()) * time.Millisecond,
		WhenAway:      t.WhenAway(),
		WhenAlone:     t.WhenAlone(),
		Signs:         t.Signs(),
	}
	if err := h.Validate(); err != nil {
		return Hello{}, err
	}
	return h, nil
}
