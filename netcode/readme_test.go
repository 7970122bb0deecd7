//go:build !js

package netcode_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadme builds the game that the README shows.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, game, found := strings.Cut(string(text), "```go\n")
	game, _, closed := strings.Cut(game, "```")
	if !found || !closed || !strings.Contains(game, "func main()") {
		t.Fatal("the README shows no game")
	}
	watchTree(t)
	dir := outsideModule(t, map[string]string{"main.go": game})
	goCommand(t, dir, []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"}, "vet", ".")
}
