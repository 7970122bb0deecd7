// Package netcode plays one match of a game among several machines with no game
// server: every machine runs the same simulation from the same moves.
//
// A game is a [Game]: Start sets the state before frame 0 and Step advances it
// by one frame. [New] makes a [Session] of it over a [peer.Link], [Local] one for
// players at a single machine. Update calls [Session.Tick] with the controls as
// held now; Tick steps the game as often as is due, 0 or several times, and never
// blocks.
//
// # Moves and orders
//
// A move is what a player holds down: a small struct, one per seat and frame, of
// which the newest counts. What must happen exactly once (build a tank, buy, say
// ready) is an order: see [Session.Order]. Derive a key press from two moves
// inside Step, not from Update.
//
// # Delay and rollback
//
// A move acts some frames after it was read, so that it can reach the others in
// time: the input delay, which follows the network unless [Config] fixes it. A
// game that is a [Saver] also gets rollback: a frame whose moves are not all there
// is stepped on guesses, and when one was wrong the session loads an earlier
// state and steps again. So Step must do nothing but change the state: sounds and
// effects belong to Draw, or to frames below Stats.Confirmed.
//
// # One history
//
// Whatever the network does and whoever vanishes, all players that go on play
// the same match: see Confirmed and Settled in [Stats]. A player of whom nothing
// is heard for Config.DropAfter is dropped, by agreement of more than half, and
// everyone plays its last moves up to the same frame; its seats are Away. When it
// is heard again, or its program is started again, it catches up and takes its
// seats back by itself, within Config.Grace. A minority stops and waits ([Split]):
// there are never two results. What the last of two does is Config.WhenAlone.
//
// With keys (the mesh brings them) every player signs what it writes. One that
// tells different players different moves is [Caught], with a proof for anyone,
// and is out.
//
// # What can go wrong
//
// [Session.Events] tells what the players should hear of: who is waited for, who
// was dropped, came back or left, and [Desync] when two machines computed
// different states, which is a defect of Step. Errors of Tick are final. The
// session starts no goroutine.
package netcode
