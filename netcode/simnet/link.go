package simnet

import (
	"errors"
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// Link is one peer's end of a [Net]; it implements [peer.Link]. Not for
// concurrent use; see the package's comment.
type Link struct {
	net   *Net
	id    peer.ID
	index int  // in net.links
	open  bool // Net.Link was called for it
	// crashed at crashedAt; it never ends.
	crashed   bool
	crashedAt time.Duration
	// frozen since frozenAt, by Freeze or Suspend; never while crashed.
	frozen   bool
	frozenAt time.Duration
	clock    clock
	// late are the timers that wait for Thaw; empty while not frozen.
	late  []event
	inbox inbox
	recv  [peer.Channels]func(from peer.ID, b []byte)
	out   []*direction // by the receiver's index; nil where nothing was sent or shaped
}

var _ peer.Link = (*Link)(nil)

// ErrFrozen is returned by [Link.Send] of a peer that is frozen: code that does
// not run sends nothing. Whoever sees it plays a peer by other means than its
// receivers and [Link.After], and should look at [Link.Frozen].
var ErrFrozen = errors.New("simnet: the peer is frozen")

// Self returns the peer at this end.
func (l *Link) Self() peer.ID { return l.id }

// Send hands b to the channel and copies it. It never runs a receiver: even
// without any latency the message arrives as an event of its own. Errors:
// [peer.ErrNotLinked] after this peer crashed, towards a peer without a link
// here, towards oneself, and towards a crashed peer once [Config.Notice] has
// passed; [ErrFrozen] while this peer is frozen; [peer.ErrTooLarge];
// [peer.ErrFull] above [Config.Queue]. Towards a peer that is cut off nil is
// returned: moves are lost, the other channels wait for [Net.Heal].
func (l *Link) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if ch >= peer.Channels {
		return fmt.Errorf("simnet: there is no channel %d", uint8(ch))
	}
	other := l.net.byID[to]
	if l.state(other) == peer.Unlinked {
		return peer.ErrNotLinked
	}
	if l.frozen {
		return ErrFrozen
	}
	if len(b) > limit(ch) {
		return peer.ErrTooLarge
	}
	d := l.net.direction(l, other)
	if d.lanes[ch].held+len(b)+Overhead > l.net.cfg.Queue {
		return peer.ErrFull
	}
	d.accept(ch, b)
	return nil
}

// limit is the largest message of a channel in bytes.
func limit(ch peer.Channel) int {
	if ch == peer.Moves {
		return peer.MaxDatagram
	}
	return peer.MaxMessage
}

// Bind makes recv the receiver of a channel; nil takes it off. recv runs inside
// [Net.RunUntil] and its kind and may call every method of Net and Link but
// those. It panics on a channel that does not exist.
func (l *Link) Bind(ch peer.Channel, recv func(from peer.ID, b []byte)) { l.recv[ch] = recv }

// State reports whether messages to that peer are carried now: Unlinked where
// Send returns [peer.ErrNotLinked], Linking once a cut in either direction has
// lasted for [Config.Notice] or that peer has been frozen for as long, else
// Linked.
func (l *Link) State(to peer.ID) peer.State { return l.state(l.net.byID[to]) }

func (l *Link) state(to *Link) peer.State {
	switch {
	case to == nil || to == l || !to.open || l.crashed:
		return peer.Unlinked
	case to.crashed && l.net.noticed(to.crashedAt):
		return peer.Unlinked
	case l.silent(to) || to.silent(l) || to.frozen && l.net.noticed(to.frozenAt):
		return peer.Linking
	}
	return peer.Linked
}

// silent tells whether the direction to that link was cut long enough ago for
// the peers to notice.
func (l *Link) silent(to *Link) bool {
	if to.index >= len(l.out) || l.out[to.index] == nil {
		return false
	}
	d := l.out[to.index]
	return d.cut && l.net.noticed(d.cutAt)
}

// noticed tells whether a silence since then has been noticed by now.
func (n *Net) noticed(since time.Duration) bool { return n.now-since >= n.cfg.Notice }
