//go:build !js

package keyring

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
)

func TestStoredKeyComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "er")
	first := open(t, Config{Dir: dir})
	if first.Ephemeral() || first.Why() != nil {
		t.Fatalf("ephemeral %v, why %v", first.Ephemeral(), first.Why())
	}
	if err := errors.Join(first.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	again := open(t, Config{Dir: dir, Name: DefaultName})
	if again.Key().ID() != first.Key().ID() || again.Ephemeral() {
		t.Errorf("first %v, then %v (%v)", first.Key(), again.Key(), again.Why())
	}
	other := open(t, Config{Dir: dir, Name: "two"})
	if other.Key().ID() == first.Key().ID() || other.Ephemeral() {
		t.Errorf("another name: %v, ephemeral %v", other.Key(), other.Ephemeral())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOnlyTheOwnerReadsTheKey(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean nothing there")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "player-default.key")
	check := func(when string) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", when, info.Mode(), err)
		}
	}
	_ = open(t, Config{Dir: dir}).Close()
	check("made")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_ = open(t, Config{Dir: dir}).Close()
	check("copied from somewhere")
}

func TestTemporaryFileOfAKilledProcessIsNoTrouble(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "player-default.key.tmp"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := open(t, Config{Dir: dir}); r.Ephemeral() {
		t.Error(r.Why())
	}
}

func TestDamagedKeyIsAnErrorAndStays(t *testing.T) {
	for text, want := range damaged() {
		dir := t.TempDir()
		path := filepath.Join(dir, "player-default.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice: the error lets go of the lock
			_, err := Open(Config{Dir: dir})
			var e *DamagedError
			if !errors.As(err, &e) || e.Path != path || !strings.Contains(e.Problem, want) || !strings.Contains(err.Error(), "delete it") {
				t.Errorf("%q: %v", text, err)
			}
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%q became %q, %v", text, now, err)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "player-default.key"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Dir: dir}); !errors.As(err, new(*DamagedError)) {
		t.Errorf("a folder in its place: %v", err)
	}
}

func TestNowhereToStoreIsNoError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := open(t, Config{Dir: filepath.Join(file, "below")})
	if !r.Ephemeral() || r.Why() == nil || r.Key().IsZero() {
		t.Errorf("ephemeral %v, why %v", r.Ephemeral(), r.Why())
	}
	for _, v := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(v, "")
	}
	if r := open(t, Config{}); !r.Ephemeral() || r.Why() == nil {
		t.Errorf("no home: ephemeral %v, why %v", r.Ephemeral(), r.Why())
	}
}

func TestSecondRingOfOneProcess(t *testing.T) {
	dir := t.TempDir()
	first := open(t, Config{Dir: dir})
	second := open(t, Config{Dir: dir})
	if !second.Ephemeral() || !errors.Is(second.Why(), ErrHeld) || second.Key().ID() == first.Key().ID() {
		t.Errorf("first %v, second %v, why %v", first.Key(), second.Key(), second.Why())
	}
}

// helperDir makes this test binary a game that opens the key in that folder,
// says which it got and plays until its standard input ends.
const helperDir = "KEYRING_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(helperDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	r, err := Open(Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(r.Key().ID(), r.Ephemeral())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// game is one running instance.
type game struct {
	cmd       *exec.Cmd
	stdin     io.Closer
	id        peer.ID
	ephemeral bool
}

func start(t *testing.T, dir string) *game {
	t.Helper()
	g := &game{cmd: exec.Command(os.Args[0])}
	g.cmd.Env = append(os.Environ(), helperDir+"="+dir)
	g.cmd.Stderr = os.Stderr
	stdin, err := g.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	g.stdin = stdin
	stdout, err := g.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.cmd.Process.Kill(); _ = g.cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(line, &idText{&g.id}, &g.ephemeral); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return g
}

// idText lets Sscan read an ID.
type idText struct{ id *peer.ID }

func (s *idText) Scan(state fmt.ScanState, _ rune) error {
	token, err := state.Token(true, nil)
	if err != nil {
		return err
	}
	return s.id.UnmarshalText(token)
}

func TestProcessesShareOneKey(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	second := start(t, dir)
	if first.ephemeral || !second.ephemeral || first.id == second.id {
		t.Fatalf("first %v %v, second %v %v", first.id, first.ephemeral, second.id, second.ephemeral)
	}
	here := open(t, Config{Dir: dir})
	if !here.Ephemeral() || !errors.Is(here.Why(), ErrHeld) {
		t.Errorf("this process: ephemeral %v, why %v", here.Ephemeral(), here.Why())
	}

	_ = first.stdin.Close()
	if err := first.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	third := start(t, dir)
	if third.ephemeral || third.id != first.id {
		t.Fatalf("after the first ended: %v %v, want %v", third.id, third.ephemeral, first.id)
	}

	if err := third.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = third.cmd.Wait()
	fourth := open(t, Config{Dir: dir})
	if fourth.Ephemeral() || fourth.Key().ID() != first.id {
		t.Errorf("after a kill: %v, why %v, want %v", fourth.Key(), fourth.Why(), first.id)
	}
}
