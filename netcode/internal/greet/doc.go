// Package greet is the plain Go face of the messages that sessions exchange
// before frame 0: [Hello], what a peer was built for, and [Refuse], why it will
// not play. Parsing verifies first, so whatever a peer sends, it costs an error
// at most. Callers put what Append returns behind a [wire.Seal] header and give
// Parse what [wire.Open] returns.
package greet
