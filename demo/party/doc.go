// Package party is a player's place among others: the room on a lobby server,
// the mesh that links its members, their talk, and the matches they play there.
// It shows nothing and reads no key: a window, a page and a program without a
// screen all call [Party.Update] from their loop, look at [Party.View], and give
// what it holds to whoever watches.
//
// This is the file to read for how a game uses Tutti: see [Join] and
// [Party.Update].
package party
