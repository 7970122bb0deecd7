package fb

import "github.com/tuttiplay/tutti/netcode/wire"

const (
	// MaxText bounds Line.text in bytes of UTF-8.
	MaxText = 500
	// MaxSeen bounds Line.seen.
	MaxSeen = 8
	// SigSize is the length of Line.sig.
	SigSize = 64
)

// Limits bounds a message of chat: the largest line takes some 900 bytes.
var Limits = wire.Limits{Size: 1200, Depth: 1, Tables: 1}

// LineSpec describes the table Line.
var LineSpec = &wire.TableSpec{Name: "Line", Fields: []wire.Field{
	{Name: "life", Type: wire.Scalar, Size: 8},
	{Name: "queue", Type: wire.Scalar, Size: 8},
	{Name: "number", Type: wire.Scalar, Size: 8},
	{Name: "oldest", Type: wire.Scalar, Size: 8},
	{Name: "scope", Type: wire.Scalar, Size: 1},
	{Name: "seq", Type: wire.Scalar, Size: 8},
	{Name: "text", Type: wire.String, Max: MaxText, Required: true},
	{Name: "seen", Type: wire.Structs, Size: 16, Align: 8, Max: MaxSeen},
	{Name: "sig", Type: wire.Scalars, Size: 1, Max: SigSize},
}}

// HaveSpec describes the table Have.
var HaveSpec = &wire.TableSpec{Name: "Have", Fields: []wire.Field{
	{Name: "queue", Type: wire.Scalar, Size: 8},
	{Name: "number", Type: wire.Scalar, Size: 8},
	{Name: "lost", Type: wire.Scalar, Size: 1},
}}
