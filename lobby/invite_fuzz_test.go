//go:build !js

package lobby_test

import (
	"testing"

	"github.com/tuttiplay/tutti/lobby"
)

// FuzzInvite gives Config what people paste: whatever it is, Validate says yes
// or no.
func FuzzInvite(f *testing.F) {
	for _, text := range []string{
		"ABC234", " abc-234 ", "http://127.0.0.1:1/r/ABC234", "https://x/lobby/r/ABC234?y#z",
		"https://game.example/p#room=abc234&server=127.0.0.1%3A1", "http://127.0.0.1:1/r/ABC234#by=AgEx", "https://game.example/p#room=abc234&server=x&by=%2", "://", "[::1", "http://[::1%25x]:99999/r/ABC234",
	} {
		f.Add(text, "127.0.0.1:8080")
		f.Add("", text)
	}
	f.Fuzz(func(t *testing.T, room, server string) {
		cfg := lobby.Config{Game: "g", Room: room, Server: server}
		if cfg.Validate() != nil {
			return
		}
		// What is accepted alone is accepted with a server, which wins.
		cfg.Server = "127.0.0.1:8080"
		if err := cfg.Validate(); err != nil {
			t.Fatalf("%q: %v", room, err)
		}
	})
}
