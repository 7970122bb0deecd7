// Package seal keeps what two members say to each other through a third one
// from that third one: it may drop, delay or repeat a message, but neither read,
// change nor invent one.
//
// Where it comes from: the transport half of WireGuard (one key for each
// direction, a counter as nonce, the replay window of RFC 6479), over a key
// agreement that is that of TLS 1.3 with signed ephemeral shares in short. Each process
// draws an X25519 key ([Secret]) and sends the public half in letters that its
// ed25519 key signs, bound to the room, both IDs and both processes: the signatures
// are the caller's, who hands in only halves that were signed. [Secret.Pair] then
// derives two AES-256-GCM keys by HKDF-SHA256 over the shared secret, both public
// halves, both IDs, both processes, the room and a session number that both ends
// had a fresh part in, so the keys agree only where all of that does. The secret lives in memory and dies with the process: who seizes
// an ed25519 key afterwards cannot read what was recorded (forward secrecy per
// process, not per message).
//
// A [Ring] is the keys of the last few agreements with one member: it knows which of
// them seals, and which are of a process that is no more.
//
// No goroutine, no clock. Sealing and opening allocate nothing.
package seal
