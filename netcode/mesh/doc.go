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
// Thin for now: one UDP socket per connection instead of one per family (two
// connections between the same two shared sockets mix up their packets in
// pion's mux), repair by a whole new connection instead of an ICE restart, STUN
// servers but no TURN, and no relaying through third players.
package mesh
