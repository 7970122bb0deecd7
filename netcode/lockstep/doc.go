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
//	core.ReceiveLetter(now, from, b)    // for each on a reliable channel
//	core.SetMove(seat, bytes)           // the controls as held now
//	reqs := core.Advance(now)           // obey them in order: Save, Load, Hash, Step
//	core.Hashed(frame, sum)             // while obeying a Hash request
//	for _, l := range core.TakeLetters() { … }
//	if core.SendDue(now) { … core.Datagram(now, peer, buf) … }  // one per peer
//
// # Words
//
// Each seat has a log with one [Entry] per frame, written by the member that
// holds the seat, chained by hashes and signed every half second. A frame is
// confirmed when every seat's entry for it, and for all frames before, is held
// here; it is settled when every voter has reported, in its own log, the same
// sum over all logs up to it (sums.go). The next frame to step is the current
// one. With a rollback window frames beyond the confirmed ones are stepped on
// predicted moves; when the real ones differ the state is loaded and stepped
// again.
//
// A member votes, plays, or is out. Who votes changes only by a decree of
// package epoch, for drops, leaves, kicks and joins alike (decree.go). Where the
// log of a dropped member ends is part of the decree; that a member plays again
// is a command in somebody's log (commands.go), so that it acts on one frame
// everywhere. A member that is out is a guest (guest.go): another one passes it
// the moves it lacks, old ones from the archive, and lets it in (host.go).
//
// # What holds at any time
//
//	settled ≤ confirmed ≤ settled + Alpha
//	current ≤ confirmed + MaxRollback
//	own log's head ≤ current + delay + 1
//
// Nothing settled ever changes, anywhere. Nothing confirmed changes at a member
// that stays in the match, with one exception: when a member is caught with two
// histories, its log is cut at the last frame on which all agree.
//
// # Where this differs from other engines
//
// GGPO and its kin decide alone, each for itself, when a peer is gone; two
// survivors that hold different amounts of its last input then play different
// games. Here they agree first. Rollback itself is GGPO's; the pace follows its
// frame advantage (pace.go), bent smoothly.
package lockstep
