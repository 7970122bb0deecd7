// Package courier keeps in bounds what those who bring letters can do to us. A
// letter comes by the room's server and through up to [Max] members, and any of
// them may drop, repeat or invent some. A [Purse] limits how many bad signatures
// each of them can make us verify, [Copies] tells the copies of a letter that came
// by several ways, and [Unopened] counts sealed messages that do not open by who
// brought them. So whoever floods uses up only its own, and what an honest one
// brings is read as ever.
//
// Pure: the time is an argument and counts from any origin, nothing waits, memory
// is bounded. One goroutine at a time may call, but for [PerSecond].
package courier
