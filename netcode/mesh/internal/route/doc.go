// Package route chooses through whom a member reaches another one that it has
// no way of its own to, and keeps what it carries for others within bounds.
//
// Every member tells those it is linked with, on change and about once a
// second, whom else it is linked with and at which round trip ([Table.Report],
// [ParseReport]). A [Table] holds what the others told and finds the third
// member with the smallest sum of measured round trips; it changes its mind only
// for a clearly better one, and at once when the one it has fails.
// Paths have two hops: who relays never asks another one to.
//
// A [Budget] is the other side: how many bytes a second and for how many pairs
// this member forwards.
//
// Pure: time is an argument, there is no goroutine, and one goroutine at a time
// may call (callers lock).
package route
