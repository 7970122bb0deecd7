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
// # What can go wrong
//
// [Session.Events] tells what the players should hear of: who is waited for, who
// left, and [Desync] when two machines computed different states, which is a
// defect of Step. Errors of Tick are final. The session starts no goroutine.
package netcode
