package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// lane is one data channel of a connection. The offerer opens all three in-band:
// channels that are negotiated beforehand lose their reliability settings in
// pion (PITFALLS W1), and are used once they are open.
type lane uint8

const (
	// moves is unordered with two retransmissions at most, see package tuned.
	// Ordered would wait for what is lost (W7), a lifetime instead of a count
	// restarts its clock and drops nothing (W4).
	movesLane lane = iota
	// control is reliable and ordered and carries all other channels but bulk,
	// told apart by the first byte of each message.
	controlLane
	// bulk is reliable and unordered.
	bulkLane
	lanes
)

// label is the name of the data channel.
func (l lane) label() string { return [lanes]string{"moves", "control", "bulk"}[l] }

// limit is the largest message of a lane in bytes, as it stands on the wire.
func (l lane) limit() int {
	switch l {
	case movesLane:
		return moveHead + peer.MaxDatagram + relayRoom
	case controlLane:
		return 1 + peer.MaxMessage + relayRoom
	}
	return 1 + peer.MaxMessage + relayRoom
}

// laneOf finds a lane by its label.
func laneOf(label string) (lane, bool) {
	for l := range lanes {
		if l.label() == label {
			return l, true
		}
	}
	return 0, false
}

// What a lane holds towards one peer at most, in bytes.
const (
	// movesBound is some 250 ms of moves at 60 Hz: what is older is stale, and
	// the newest datagram repeats what matters of it. So nothing piles up
	// behind a congestion window (W5).
	movesBound = 16 << 10
	// bulkBound is what may wait before it is sent, a tenth of a second of 20
	// Mbit/s: what is under way pace.Window bounds.
	bulkBound = 256 << 10
	// controlBound counts what is sent and not acknowledged.
	controlBound = 1 << 20
)

// The first byte of a message on the moves lane and on the bulk lane.
const (
	dataFrame    byte = 0x01 + iota // moves: a number (2 bytes), heard (1 byte, see heardUnit), when (2 bytes, ms), the move; bulk: the message
	pingFrame                       // moves only: 8 bytes that come back in a pong
	pongFrame                       // moves only
	relayFrame                      // tag of who it is for (8 bytes), sealed: pass this on
	relayedFrame                    // tag of who sealed it (8 bytes), sealed
	pieceFrame                      // bulk only: a part of a message, see piece
	ackFrame                        // moves only: as ackMark, along with a move
)

const (
	// moveHead is what stands before a move.
	moveHead = 6
	// heardUnit is the unit of the byte that tells how long ago anything was last
	// heard on this way; 255 is longer, or never.
	heardUnit = 8 * time.Millisecond
	// relayRoom is by how much a message that goes through a third member is longer:
	// kind, tag, which key, what the seal adds, heard and a number.
	relayRoom = 48
)

// heardByte writes a time as heardUnit says.
func heardByte(silent time.Duration) byte {
	return byte(min(max(silent, 0)/heardUnit, 255))
}

// The first byte of a message on the control lane is a peer.Channel, or one of
// these, which are the mesh's own.
const (
	readyMark     byte = 0x80 + iota // all my lanes are open; I hold so many of your messages
	ackMark                          // I hold so many of your messages
	relayMark                        // tag of who it is for (8 bytes), sealed: pass this on
	relayedMark                      // tag of who sealed it (8 bytes), sealed
	forwardMark                      // ID (32 bytes), letter: pass this on
	forwardedMark                    // ID of who wrote it (32 bytes), letter
	routesMark                       // whom I am linked with, see package route

	admitMark  byte = 0x88 // who was let in (32 bytes), by whom (32), signature (64)
	rosterMark byte = 0x89 // who is in the room (32 bytes each), for one that was let in
	skipMark   byte = 0x8a // so many of my messages that you hold are left out here
)

// onControl says whether a channel goes by the control lane.
func onControl(ch peer.Channel) bool {
	return ch < peer.Channels && ch != peer.Moves && ch != peer.Bulk
}
