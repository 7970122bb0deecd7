// Package mesh links the members of a room directly with each other over WebRTC
// data channels. A [Mesh] is a [peer.Link]: it forms by itself while the room
// has members, repairs itself, and needs the room's server for nothing but the
// first handshakes.
//
// Every offer and answer is signed by its sender's key and bound to the room,
// to both ends, to a fresh number of the other end and to the certificate of
// the connection, and nothing of it reaches the WebRTC stack before all of that
// is checked. So whoever carries the signalling can keep two peers apart, but
// not read what they say, speak in their name or sit between them.
//
// Natively the connection is pion's; in a page it is the browser's own
// RTCPeerConnection, driven through syscall/js. What differs in a page:
//
//   - [Config.Loopback] does nothing: the browser chooses its addresses;
//   - receivers run on the mesh's own goroutine, natively on that of the
//     connection a message came by; one call at a time in both;
//   - the certificate is compared with the signed fingerprint by the browser
//     alone, natively once more by us after the handshake.
//
// # Sockets and paths
//
// Natively all connections of a mesh share one UDP socket of IPv4 and one of
// IPv6; a TURN server, where the room names one, has sockets of its own. STUN
// servers are asked over the same sockets, so what they see holds for the game.
// Offers and answers carry all addresses that are known, later ones follow. The
// first path that a peer's signed request comes by is used; the first packets of
// a connection are sent three times, so that a lost one costs milliseconds
// instead of a timeout.
//
// Where both ends are behind NATs that give each destination another port, and
// these come one after the other, both tell which comes next and send by a plan
// that makes them meet. It takes a STUN server with two ports, or two servers.
// Where several players share such a NAT, each looks at its ports just before with a
// socket of its own for 300 ms at most; a router is asked to open a port by others.
//
// When a peer's address changes the other end follows as soon as a signed request
// comes from the new one and the old one is silent; when our own does, we notice
// by silence, ask the STUN servers again and tell the new one. A browser does not
// follow: a silent connection with a page is repaired by an ICE restart, and
// [Mesh.Restart] makes one at any time. If neither helps, a new connection is made
// beside the silent one.
//
// Of several processes under one key the newest counts. Who was replaced is not
// linked with again.
//
// # Through a third member
//
// Two that have no connection yet, or none any more, talk through a third member
// that has one with both: all lanes, at once, and sealed end to end, so that the
// third can neither read nor change nor invent a message. Everybody tells those
// it is linked with whom else it reaches at which round trip, and the smallest
// sum is taken; a member passes on at most [Config.RelayBudget], for at most 16
// pairs, of which one member opens four, and only one hop. A third member through
// which pings are not answered is passed over. When moves that flow stop coming for six moves, or
// the other end says that ours did, moves go both ways until the direct one works
// again, in whichever direction it failed; reliable messages carry numbers there
// and come once, by whichever way. The direct way takes over without a gap or an
// event. [Path.RelayedBy] says who relays. Bulk goes at 64 KiB a second there, and
// what a third member loses of it is lost.
//
// Letters go through members as well as by the server, so a match goes on without
// it: connections are mended, and [Mesh.Invite] lets newcomers in.
//
// With [Config.Friend] strangers learn no address: there is no connection with
// them, and a friend of both relays; a TURN server is not used for it.
//
// # What is sent when
//
// A connection has three lanes, and no message waits for one of another lane:
//
//   - moves (channel Moves). Between two native ends each message is a datagram of
//     our own on the socket that the connection has, sealed with keys that the signed
//     letters agreed on: one packet, no acknowledgement, nothing that is sent again
//     late. Where more than 2 % of them are lost, or 1 % in bursts, some are sent twice, at most 1.8
//     packets for each. With a page, by a TURN server, and where something on the
//     way lets only WebRTC through, they go by a data channel, unordered and given up
//     after two retransmissions. Each message carries a number, how long ago the
//     other end was heard and when it was sent, six bytes in all, and is written at
//     once. What would only be stale is refused with [peer.ErrFull] before it is
//     sent, or dropped on arrival.
//   - control (Control, Room, Chat, Signal, User): reliable, ordered, exactly once
//     over all connections there are one after the other: each end keeps what it
//     sent until it is acknowledged, twice a second or each 64 KiB.
//   - bulk (Bulk): reliable, unordered, and last in line. A message that takes
//     longer than a millisecond on the line goes in pieces. The rate follows the
//     round trip, like LEDBAT (RFC 6817): pings go between the moves every
//     20 ms, and when they show a queue of more than a few milliseconds, or no
//     more arrives than before, bulk gives way. 256 KiB wait at most, then Send
//     says [peer.ErrFull], and 256 KiB are under way.
//
// Of its own the mesh sends a ping and a pong each second, acknowledgements, and
// a report of whom it reaches when that changed; while moves flow these share the
// packet of a move. A move costs 65 bytes of headers, anything else about 95, the
// acknowledgements of the stack included.
//
// # How good a path is
//
// [Mesh.Path] says which kind of path leads to a peer and how good it is, and
// [PathChanged] when that changes. Round trip and least round trip come from
// pings; jitter, loss, bursts, order and copies from the numbers of the moves, so
// they are known while moves flow. Both ends measure what comes and tell it in
// pongs: LossIn is of their moves to us, LossOut of ours to them. Loss is what
// the path loses, before retransmissions; RepairedIn says how much of it came
// after all. [Path.InputDelay] makes a number of frames of all that.
//
// # Trying a game in bad weather
//
// [Mesh.Impair] and the environment variable TUTTI_WEATHER (clear, lan, fiber,
// wifi, ocean, 4g, 3g, satellite, storm) make what a mesh sends meet a network of
// package weather, on real connections and while a match is on.
package mesh
