package simnet

import "github.com/tuttiplay/tutti/netcode/peer"

// Counters tell what became of the messages of one channel in one direction, so
// that a test can assert that the trouble it is about really happened. On Moves
// Sent = Lost + Delivered - Duplicated + those under way or waiting for a frozen
// peer.
type Counters struct {
	// Sent counts the messages that Send accepted.
	Sent int64
	// Lost counts, on Moves, the messages of which the first copy did not
	// arrive; on the other channels the packets that had to be sent again.
	Lost int64
	// Delivered counts what reached the peer, second copies included, whether a
	// receiver was bound or not.
	Delivered int64
	// Duplicated counts the second copies that arrived: <= Delivered.
	Duplicated int64
	// Reordered counts the messages that arrived after one that was sent later.
	Reordered int64
	// Bytes counts the payload of Sent.
	Bytes int64
	// Wire counts the bytes handed to the line: payload, [Overhead] and what
	// was sent again. What is sent into a cut never gets there.
	Wire int64
}

func (c *Counters) add(o Counters) {
	c.Sent += o.Sent
	c.Lost += o.Lost
	c.Delivered += o.Delivered
	c.Duplicated += o.Duplicated
	c.Reordered += o.Reordered
	c.Bytes += o.Bytes
	c.Wire += o.Wire
}

// Count returns the counters of one channel from one peer to another; zero for
// peers that the Net does not know. It panics on a channel that does not exist.
func (n *Net) Count(from, to peer.ID, ch peer.Channel) Counters {
	a, b := n.byID[from], n.byID[to]
	if a == nil || b == nil || b.index >= len(a.out) || a.out[b.index] == nil {
		return Counters{}
	}
	return a.out[b.index].lanes[ch].count
}

// Total returns the sum over all peers of the counters of one channel. It
// panics on a channel that does not exist.
func (n *Net) Total(ch peer.Channel) Counters {
	var sum Counters
	for _, l := range n.links {
		for _, d := range l.out {
			if d != nil {
				sum.add(d.lanes[ch].count)
			}
		}
	}
	return sum
}
