//go:build !js

// Package socket is the UDP side of a mesh: one socket per address family for
// all its connections, where pion would open one per connection. To pion a
// [Set] is an ice.UDPMux; each connection is a [Flow], named by its ICE user
// fragment.
//
// What comes in is told apart like this:
//
//   - a datagram that begins with [Knock] is the mesh's own;
//   - one of package datagram goes by the name that it has to who listens for it,
//     wherever it comes from;
//   - media are dropped: a mesh has none;
//   - a STUN response that [Config.Tap] knows answers a question of the mesh;
//   - a STUN request goes to the flow whose user fragment it names, if it is
//     signed with that flow's password, wherever it comes from;
//   - all else goes by its sender's address to the flows that sent there, which
//     is one, or two while a connection is replaced by another between the same
//     two sockets. pion's own mux keeps one of them only, so that they starve
//     each other (PITFALLS W18). Ours gives both what is encrypted, the younger
//     one once its handshake is so far, and each drops what it cannot decrypt;
//     what belongs to a handshake goes to the younger one, because the older one
//     has none left to do.
//
// A flow follows a peer whose address changes: once the address in use is
// silent, a request with the flow's password moves it to where that came from,
// and pion goes on as if nothing had happened.
package socket
