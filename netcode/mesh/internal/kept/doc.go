// Package kept holds the messages that one peer may not have yet, so that they
// come exactly once over all connections there are one after the other: each is
// counted, kept when it is sent, sent again by another way when there is one, and
// forgotten when the peer says that it holds so many. That is go-back-N with
// counts that outlive the connection.
//
// Pure: no goroutine, no clock, and one goroutine at a time may call (callers
// lock). After warm-up it allocates nothing, for it uses the buffers of what was
// forgotten again.
package kept
