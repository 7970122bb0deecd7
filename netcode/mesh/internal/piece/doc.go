// Package piece takes bulk messages apart and puts them together, so that a move
// never waits behind a whole one: sixteen kilobytes take 26 ms on a line of
// 5 Mbit/s. A [Queue] is what waits at one end, an [Assembly] what has come in
// part at the other. A piece is
//
//	number of the message (2), place in pace.Units (1), size of the message (2), bytes
//
// little-endian, and all pieces but the last are whole units long. They may come in
// any order over a lane that is reliable; what no queue sends is refused.
//
// Pure: no goroutine, no clock, and one goroutine at a time may call (callers
// lock). Memory is bounded, and after warm-up nothing is allocated.
package piece
