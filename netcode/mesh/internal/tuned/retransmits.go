package tuned

// MoveRetransmits is how often a move is sent again that goes by a data channel.
// Once would do, as the next datagram repeats what matters. But pion gives a message
// up as soon as it sends it for the last time, and says so with each acknowledgement
// until it arrives: half a packet more for each loss with one retransmission than
// with two, and without any a storm that never ends (W3).
const MoveRetransmits = 2
