// Package fixp is arithmetic that gives the same bits on every machine: fixed-point
// numbers ([Q16]), angles ([Angle]), vectors ([Vec2]) and seeded random numbers
// ([Rand]). A lockstep game computes its state with it, because floating point
// does not: compilers may fuse a multiply and an add on one architecture and not
// on another, and math.Sin is assembly here and Go there.
//
// Everything rounds to the nearest value, ties away from zero, so that
// f(-x) = -f(x) exactly: a game that is mirrored plays out mirrored, and no team
// gains a bit per frame by sitting on the left. Nothing panics and nothing
// allocates: results that do not fit saturate, divisions by zero saturate too.
// Only the operators + and - on Q16 are Go's own and wrap; [Q16.Add] and
// [Q16.Sub] saturate.
//
// The package needs no setup, keeps no global state and is safe for concurrent
// use; a [Rand] value belongs to one goroutine.
package fixp
