//go:build !js

// Package rendezvous is the service behind package lobby: rooms that players
// find by a code, and a relay between the members of one room until they reach
// each other directly. It is no authority over matches; a match that runs goes
// on without it.
//
// [Server] is an http.Handler:
//
//	/ws          the WebSocket that lobby.Join speaks
//	/health      what the server is doing, as JSON; 503 while it shuts down
//	/rooms       the rooms there are, as JSON, without their codes: a code is
//	             an invitation
//	/r/CODE      what an invite link says to somebody who opens it in a browser
//
// # Who may do what
//
// A client proves with a signature over a fresh challenge that it holds the key
// of its ID, so nobody can take another's place; a second connection with the
// same key replaces the first. Pages of every origin are served: nothing here
// trusts a cookie. The challenge does not name the server, so a server that
// lies could pass on a client's answer to another server at that moment; run
// lobbies behind TLS, and use servers you trust.
//
// Guessing codes is slowed down per source address (for IPv6 per /64), never
// for all: a source that guesses wrong too often is refused every code for a
// while, except that members come back to their rooms.
//
// # What is kept
//
// Rooms live in a [Store]. With [NewMemory] they end with the process; then the
// first member that comes back brings the room along and makes it again under
// the same code, and the others find their places in it. What it says is
// trusted as far as the others bear it out: each place is still only for the
// key that had it, and a match that runs is decided by its players.
package rendezvous
