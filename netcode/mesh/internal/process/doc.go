// Package process tells the processes of one player apart: who starts a game
// anew, or on another machine, comes back under the same key, and what the old
// process sent may still be under way. Each draws a number for itself ([New]), the
// newest counts, and of those before it a few are remembered ([Retired]).
//
// [New] draws from crypto/rand and may be called by any goroutine; the rest is
// pure, for one goroutine at a time (callers lock).
package process
