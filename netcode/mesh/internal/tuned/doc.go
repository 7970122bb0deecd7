// Package tuned is how the mesh wants pion's WebRTC stack: the settings, how the
// channels of moves are opened, and for each line of it a test on bare connections
// in a laboratory that measures the same thing twice, with the setting and without.
// W and a number name a pitfall. By default the stack suits pages that send
// video: it waits for better paths while a match could begin, and it slows down
// where a game's next move would do.
//
// Natively only, but for [MoveRetransmits], which a page's channels have as well.
// No goroutine of its own; any goroutine may call.
package tuned
