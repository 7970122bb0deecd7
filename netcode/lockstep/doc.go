// Package lockstep is the pure state machine at the heart of a session: moves
// and datagrams go in, steps to run and datagrams to send come out. It has no
// goroutine, clock, socket, lock or global; time is an argument. That is what
// lets a test run a whole match in milliseconds and replay it by its seed.
//
// # The way through
//
// A driver (package netcode's Session) repeats, on one goroutine:
//
//	core.Receive(now, from, datagram)   // for each that arrived
//	core.SetMove(seat, bytes)           // the controls as held now
//	reqs := core.Advance(now)           // obey them in order: Save, Load, Hash, Step
//	core.Hashed(frame, sum)             // while obeying a Hash request
//	if core.SendDue(now) { … core.Datagram(now, peer, buf) … }  // one per peer
//
// # Words
//
// Each seat has a log with one [Entry] per frame, written by the member that
// holds the seat. A frame is confirmed when every seat's entry for it, and for
// all frames before, is held here; it is settled when every member has
// reported to hold it. The next frame to step is the current one. With a
// rollback window frames beyond the confirmed ones are stepped on predicted
// moves; when the real ones differ the state is loaded and stepped again.
//
// # What holds at any time
//
//	settled ≤ confirmed,  current ≤ confirmed + MaxRollback
//	own log's head ≤ current + delay + 1
//
// Drops are agreed in the simple way that is safe for one death at a time: see
// drop.go.
package lockstep
