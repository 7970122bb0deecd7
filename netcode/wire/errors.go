package wire

import "errors"

// What can be wrong with bytes from a peer. [Reader], [CutTag] and [Open]
// return these; they carry no data, so refusing a message allocates nothing.
var (
	// ErrTruncated: the message ended before what it announced.
	ErrTruncated = errors.New("wire: message is cut short")
	// ErrOverlong: a variable-length number is not in its shortest form or does
	// not fit 64 bits. Each value has one spelling, so that equal messages are
	// equal bytes.
	ErrOverlong = errors.New("wire: number is not in its shortest form")
	// ErrRange: a number or a length is outside what the reader allows.
	ErrRange = errors.New("wire: number is out of range")
	// ErrTrailing: bytes are left over where the message should have ended.
	ErrTrailing = errors.New("wire: bytes after the end of the message")
)
