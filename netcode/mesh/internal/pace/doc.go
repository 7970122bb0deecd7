// Package pace decides how fast bulk goes, so that a snapshot of ten megabytes
// takes what a line has left over and the moves beside it hardly notice.
//
// It is delay-based like LEDBAT (RFC 6817): the round trip of pings that travel
// between the moves, less the least one there was, is the queue that we make.
// Below [Target] the rate grows, above it falls at once to less than what arrives
// at the other end, so that the queue drains. Three things differ: there
// is a rate with a token bucket instead of a window, because a window's burst is
// itself the delay that a move meets; the rate is held near what the other end
// says it got, so that a line that loses instead of queueing is not flooded; and
// the target is a twentieth, because LEDBAT's 100 ms are six frames.
//
// It is pure: the time is an argument, nothing is shared, nothing waits.
package pace
