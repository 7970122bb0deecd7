// Package datagram carries the moves of a connection in datagrams of our own, one
// packet each, beside the SCTP that carries everything else: natively both ends
// have a socket that can, and keys that their signed letters agreed on.
//
// SCTP spends packets on moves that do them no good: it acknowledges every second
// one, and each one while one is missing, in a packet of its own, and sends again
// what the next datagram repeats anyway (W3). Its congestion window holds moves
// back after an outage (W5). And each message passes four goroutines and two
// layers of framing. QUIC has datagrams for the same reason (RFC 9221).
//
// A datagram is [Kind], the name of the receiver's half of the keys, so that it is
// found whatever address it comes from (as WireGuard does it), and what package
// seal makes of one byte of flags and the payload.
//
// Whether datagrams get through is not assumed: a box on the way may let DTLS
// through and nothing else, and a pair that talks by a TURN server has a path that
// is not our socket's. Each end says in each datagram whether it hears the other's,
// and sends them only while it does; until then, and again when they stop coming
// while other lanes are heard, moves go by SCTP. That is the two-way test of BFD
// (RFC 5880).
//
// Where packets are lost some datagrams are sent twice, see [Spares].
//
// No goroutine, no clock: time enters as an argument. Nothing allocates.
package datagram
