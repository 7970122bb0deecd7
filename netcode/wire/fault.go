package wire

// Fault is what [Verify] found wrong. Each is an error that the
// [*VerifyError] wraps, so errors.Is(err, FaultBounds) works.
type Fault uint8

// The faults.
const (
	// FaultSize: the message is larger than [Limits.Size] or too short to be one.
	FaultSize Fault = iota + 1
	// FaultBounds: an offset or a length points outside the message or table.
	FaultBounds
	// FaultAlign: something does not stand where its size requires.
	FaultAlign
	// FaultVtable: a table's vtable is odd, short or outside the message.
	FaultVtable
	// FaultString: a string has no terminator or is not valid UTF-8.
	FaultString
	// FaultRequired: a required field is missing.
	FaultRequired
	// FaultUnion: a union has a type without a value or a value without a type.
	FaultUnion
	// FaultMax: a string or vector is longer than [Field.Max].
	FaultMax
	// FaultDepth: tables nest deeper than [Limits.Depth].
	FaultDepth
	// FaultWork: more than [Limits.Tables] tables or [Limits.Bytes] bytes.
	FaultWork
	// FaultSpec: the description itself is wrong, which is a bug of ours.
	FaultSpec
)

// Error says what is wrong in words.
func (f Fault) Error() string {
	switch f {
	case FaultSize:
		return "size is out of range"
	case FaultBounds:
		return "points outside the message"
	case FaultAlign:
		return "is not aligned"
	case FaultVtable:
		return "has a broken vtable"
	case FaultString:
		return "is not a terminated UTF-8 string"
	case FaultRequired:
		return "is missing"
	case FaultUnion:
		return "has a type and a value that do not go together"
	case FaultMax:
		return "is too long"
	case FaultDepth:
		return "nests too deep"
	case FaultWork:
		return "is more than the limits allow"
	case FaultSpec:
		return "is described wrongly"
	}
	return "is wrong"
}

// VerifyError is returned by [Verify].
type VerifyError struct {
	// Path names the field from the root on, as in Roster.members[3].name.
	Path string
	// Fault is what is wrong with it.
	Fault Fault
}

// Error names the field and what is wrong with it.
func (e *VerifyError) Error() string { return "wire: " + e.Path + " " + e.Fault.Error() }

// Unwrap returns the [Fault].
func (e *VerifyError) Unwrap() error { return e.Fault }
