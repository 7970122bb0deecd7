package party

import (
	"log/slog"
	"time"
)

// Game names the rules to the lobby: rooms of different games do not mix.
const Game = "ricochet/1"

// Seats is how many players meet in a room, in two teams.
const Seats = 4

// Config says which room [Join] enters, and what the player does there by itself.
// The zero Config makes a room on no server, which fails with a clear error.
type Config struct {
	// Server is the address of the lobby server; not needed if Room is a link.
	Server string
	// Room is a code or a link as people type it, see [Invitation]; "" makes a
	// new room.
	Room string
	// Name is the player's own; "" is "Player".
	Name string
	// Page is the address of the game's page, to which invite links lead; "" is
	// the server's.
	Page string
	// Say is said once, on entering the room; "" is nothing.
	Say string
	// Ready makes the player ready whenever the room waits for that.
	Ready bool
	// Start makes the owner of the room start the match when so many members
	// are linked and ready; 0 leaves that to the player.
	Start int
	// Loopback links over this machine's loopback interface alone.
	Loopback bool
	// Reach is how long the server may take to answer; 0 is five seconds.
	Reach time.Duration
	// Wait is done before anything else, in the background: for the end of the
	// party before this one, which may still hold the player's key. nil is
	// nothing.
	Wait func()
	// Log receives what a developer wants to know; nil is silence.
	Log *slog.Logger
}
