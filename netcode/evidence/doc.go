// Package evidence makes lies provable. Each seat of a match has a log, one
// entry per frame, written by the peer that holds the seat. A [Tag] names all
// entries up to a frame; a [Head] is a tag that the holder signed; a [Proof] is
// two heads that no honest holder signs both. The package is pure: no
// goroutine, clock or socket; time is an argument.
//
// A third party needs a proof's text and nothing else: see [Check].
//
// # What is proof
//
// Two signed heads of one match, seat, holder, incarnation and frame with
// different tags: a [Proof]. Lockstep signs at frames that are multiples of an
// agreed interval, so this is the normal case.
//
// Two signed heads at different frames, with the entries between them and the
// tag from which these lead to the later head, when that tag is not the
// earlier head's: a [LongProof]. By the later signature the holder vouches for
// each entry that leads to it, and for the tag before the first of them, since
// nobody finds other entries with the same SHA-256. So it does not matter who
// kept the entries. This is for a holder that signs for one player at frames 30
// and 90 and for another at frame 60 only.
//
// # What is no proof
//
// Two signed heads at different frames, and entries as the accuser got them
// that do not lead from the one to the other. The entries themselves are not
// signed. An accuser can change a byte of them, and then they never lead
// anywhere; that the link authenticated them convinces only who was at its end.
// The one who got them knows that something is wrong and may have the holder
// dropped, but can't convince others.
//
// A head to which no known entries lead: its holder may have signed noise,
// which is against the rules, but noise contradicts nothing.
//
// A head that is missing; entries above the last head, which is why an author
// who falls silent is judged by agreement and not by evidence; heads of two
// incarnations or two matches, which are two logs.
//
// # What the honest must take care of
//
// These would make an honest holder look guilty:
//
//   - Two processes with one key in one match, or a process that starts again
//     without its log: each must have its own incarnation. So must a holder that
//     was dropped, rewound and let in again, though its process went on.
//   - Two matches with one match ID. peer.NewMatch derives the ID from seed,
//     seats and settings, so a rematch needs a fresh seed.
//   - Taking back an entry below a signed head. Rolling back the game is no
//     such thing: it replaces predictions, and one's own entries are none.
//
// A peer can pick a key of small order on the curve, in whose name anybody can
// sign, and so make proofs against itself worthless. No honest key generator
// draws one, and no honest peer can be framed with it.
package evidence
