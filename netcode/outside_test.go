//go:build !js

package netcode_test

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// outsideGame is a whole game as somebody else writes it. It runs for a second
// of its own clock and prints how far it came.
const outsideGame = `package main

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

type keys struct{ Right bool }

type world struct{ x, frames int }

func (w *world) Start(peer.Match) { *w = world{} }
func (w *world) Step(in netcode.Input[keys]) {
	w.frames++
	if in.Seats[0].Move.Right {
		w.x++
	}
}

func main() {
	w, now := &world{}, time.Duration(0)
	s := netcode.Local(w, 1, netcode.Config{Clock: func() time.Duration { return now }})
	for range 61 {
		if err := s.Tick(keys{Right: true}); err != nil {
			panic(err)
		}
		now += time.Second / 60
	}
	fmt.Println(w.x, w.frames, s.Close())
}
`

// TestOutside builds a module that uses ours, offline and without a C compiler:
// a game gets neither NATS nor Ebitengine nor the bench's QUIC from us, whether it
// imports netcode alone or all that a player needs.
func TestOutside(t *testing.T) {
	watchTree(t)
	all := "package main\n"
	for _, room := range []string{"netcode/mesh", "lobby", "chat", "nat"} {
		all += fmt.Sprintf("import _ %q\n", module+"/"+room)
	}
	games := map[string]map[string]string{
		"netcode":    {"main.go": outsideGame},
		"everything": {"main.go": outsideGame, "rooms.go": all},
	}
	for name, files := range games {
		t.Run(name, func(t *testing.T) {
			dir := outsideModule(t, files)
			env := []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH}
			game := filepath.Join(dir, "game.exe")
			goCommand(t, dir, env, "build", "-o", game, ".")

			for dep := range strings.FieldsSeq(string(goCommand(t, dir, env, "list", "-deps", "."))) {
				foreign(t, "the build", dep)
			}
			info, err := buildinfo.ReadFile(game)
			if err != nil {
				t.Fatal(err)
			}
			for _, mod := range info.Deps {
				foreign(t, "the binary", mod.Path)
			}

			out, err := exec.Command(game).CombinedOutput()
			if err != nil {
				t.Fatalf("the game: %v\n%s", err, out)
			}
			var x, frames int
			var closed string
			if _, err := fmt.Sscan(string(out), &x, &frames, &closed); err != nil || closed != "<nil>" {
				t.Fatalf("the game printed %q, Close %s: %v", out, closed, err)
			}
			// The first move acts an input delay after it was made.
			if frames < 59 || frames > 61 || x < frames-10 || x > frames {
				t.Errorf("a second of ticks stepped %d frames, %d of them with the key held", frames, x)
			}
		})
	}
}

// foreign fails the test if a path is of something that no game asked for.
func foreign(t *testing.T, where, path string) {
	t.Helper()
	for _, no := range []string{"github.com/nats-io", "github.com/hajimehoshi", "github.com/ebitengine", "github.com/quic-go", module + "/demo", module + "/bench"} {
		if strings.HasPrefix(path, no) {
			t.Errorf("%s of a game from outside holds %s", where, path)
		}
	}
}

// outsideModule writes a module that requires this checkout of ours.
func outsideModule(t *testing.T, files map[string]string) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ours, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	// With all our requirements written down, as go mod tidy does, nothing but
	// them has to be looked up: not what old modules among them once required.
	mod, found := strings.CutPrefix(string(ours), "module "+module+"\n")
	if !found {
		t.Fatalf("go.mod begins with %.60q", ours)
	}
	files["go.sum"] = string(sum)
	files["go.mod"] = fmt.Sprintf("module example.org/outside\n%s\nrequire %s v0.0.0\n\nreplace %[2]s => %q\n", mod, module, root)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
