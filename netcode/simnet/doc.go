// Package simnet is a network in memory on a virtual clock: peers send each
// other messages through seeded weather, and a minute of it passes in
// milliseconds. One seed is one exact run, on every machine and in the browser.
//
// A [Net] is single-threaded by design. Everything, the receivers and the
// timers included, runs on the goroutine that calls [Net.RunUntil],
// [Net.RunFor] or [Net.Step], one event after the other by time and, within one
// instant, in the order in which they were scheduled. So unlike other links a
// [Link] is not safe for concurrent use: all methods of a Net and its links
// belong to that one goroutine, and all but those three may be called from
// within receivers, timers and the tap.
//
// Each peer has a clock of its own, [Link.Now], and timers that go by it,
// [Link.After]. Clocks drift, processes freeze, machines sleep and crash, and
// peers are cut off one by one or in groups: [Net.Drift], [Net.Freeze],
// [Net.Suspend], [Net.Crash], [Net.Cut] and [Net.Split]. Code that plays a peer
// from its receivers and its own timers alone is stopped by that as a program
// is.
//
// A [Scenario] is such a story as a value with a text form. [Load] reads those
// that are kept in files, [Generate] draws new ones by lot, [Scenario.Play] plays
// them, and [Shrink] cuts one that breaks a game down to what a person can read.
//
// [peer.Moves] meets the weather as it is. The other channels are reliable: a
// packet of theirs that is lost is sent again after a time-out and a cut holds
// them back, but no message is lost between two living peers, and all but
// [peer.Bulk] keep their order. What is not modelled: lost acknowledgements,
// congestion windows and the handshakes that make a link.
package simnet
