// Package wire reads and writes what Tutti's peers send each other. Every byte
// that arrives was written by a stranger, so nothing here trusts a length, an
// offset or a version before it is checked, nothing panics on any input, and
// the work a message can cause is bounded by its size.
//
// Two kinds of bytes travel:
//
//   - datagrams on [peer.Moves]: a [Tag], then packed values that [Reader]
//     reads;
//   - messages on the reliable channels: a header that [Seal] writes and [Open]
//     checks, then a FlatBuffers table. Go's FlatBuffers runtime has no
//     verifier and its accessors panic on broken tables, so [Verify] runs over
//     a table before the first accessor does.
//
// The package is pure: no goroutine, no clock, no socket, no state.
package wire
