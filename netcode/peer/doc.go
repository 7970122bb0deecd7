// Package peer holds what every room of Tutti agrees on: who a peer is ([ID],
// [Key]), what match is played ([Match]) and how bytes travel between two
// peers ([Link]). It is pure: no goroutine, no clock, no socket.
package peer
