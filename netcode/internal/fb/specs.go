package fb

import "github.com/tuttiplay/tutti/netcode/wire"

// The largest strings in a message, in bytes of UTF-8.
const (
	// MaxBuild bounds Hello.build.
	MaxBuild = 128
	// MaxArch bounds Hello.go_arch.
	MaxArch = 32
	// MaxField bounds Refuse.field.
	MaxField = 64
	// MaxValue bounds Refuse.ours and Refuse.theirs.
	MaxValue = 256
)

// HelloSpec describes the table Hello.
var HelloSpec = &wire.TableSpec{Name: "Hello", Fields: []wire.Field{
	{Name: "build", Type: wire.String, Max: MaxBuild, Required: true},
	{Name: "schema_hash", Type: wire.Scalar, Size: 8},
	{Name: "tick_rate", Type: wire.Scalar, Size: 2},
	{Name: "check_interval", Type: wire.Scalar, Size: 4},
	{Name: "drop_after_ms", Type: wire.Scalar, Size: 4},
	{Name: "max_input_delay", Type: wire.Scalar, Size: 1},
	{Name: "max_rollback", Type: wire.Scalar, Size: 1},
	{Name: "float_mode", Type: wire.Scalar, Size: 1},
	{Name: "go_arch", Type: wire.String, Max: MaxArch},
	{Name: "nonce", Type: wire.Scalar, Size: 8},
	{Name: "grace_ms", Type: wire.Scalar, Size: 4},
	{Name: "when_away", Type: wire.Scalar, Size: 1},
	{Name: "when_alone", Type: wire.Scalar, Size: 1},
	{Name: "signs", Type: wire.Scalar, Size: 1},
}}

// RefuseSpec describes the table Refuse.
var RefuseSpec = &wire.TableSpec{Name: "Refuse", Fields: []wire.Field{
	{Name: "field", Type: wire.String, Max: MaxField, Required: true},
	{Name: "ours", Type: wire.String, Max: MaxValue},
	{Name: "theirs", Type: wire.String, Max: MaxValue},
}}
