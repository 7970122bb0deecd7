package mesh

import (
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
)

// conn is one WebRTC connection: pion's natively, the browser's in a page. None
// of its methods blocks for long. All belong to the mesh's goroutine but send,
// packet and buffered, which may be called from any.
//
// What happens to it is told to its way: described, settled, gathered, open,
// failed and, for each message, receive (natively, on the connection's own
// goroutines) or arrive (in a page).
type conn interface {
	// offer opens the lanes and makes the local description.
	offer()
	// answer takes the remote offer and makes the local description.
	answer(sdp string)
	// accept takes the remote answer.
	accept(sdp string)
	// add takes a remote address, after settled.
	add(c letter.Candidate)
	// send hands a message to a lane, which copies it.
	send(on lane, isText bool, b []byte) error
	// keyed takes the keys for that, before the connection's descriptions meet.
	keyed(pair *seal.Pair)
	// packets says whether datagrams of our own get through; a page has none.
	packets() bool
	// packet sends a message of the moves lane in one, with riders that package
	// datagram made, and again as many times as it has spares; false if it did not:
	// then it goes by send.
	packet(b, riders []byte, spares int) bool
	// buffered returns how many bytes of a lane are not gone yet.
	buffered(on lane) int
	// pair tells which addresses the packets go between now; ok is false while
	// they go nowhere.
	pair() (local, remote AddressKind, ok bool)
	// close ends it. It returns at once and leaves the rest to Mesh.closers.
	close()
}
