// Package letter is what two members write to each other, on [peer.Signal],
// before and beside a connection: that they are here, offers and answers, one
// more address, and ICE restarts. It is the paper only: what is in a letter, its
// bytes, and what of it a signature covers. Who writes which letter when is the
// mesh's business.
//
// Whoever carries letters may change, keep, repeat or invent them. So [Parse]
// takes any bytes, allocates no more than they are long and knows one spelling of
// each letter; [Letter.Canonical] binds what is signed to the room, to both
// members and their processes, and to fresh numbers of both; and [ReadSDP] finds
// in a description the one certificate that the signature is about, and refuses
// one in which a WebRTC stack could find another. The bytes of a description are
// those of SDP (RFC 8866) with the attributes of JSEP (RFC 8829).
//
// Pure, but for [NewNonce], which draws from crypto/rand: no
// goroutine, no clock, nothing shared; any goroutine may call.
package letter
