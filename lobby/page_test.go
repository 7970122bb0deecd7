//go:build !js

package lobby_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestPageAndWindow lets a js/wasm program under node, on node's WebSocket, and
// a native one meet in a room.
func TestPageAndWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a wasm binary")
	}
	const flag = "--experimental-websocket" // node 20 has a WebSocket behind it
	if err := exec.Command("node", flag, "-e", "process.exit(typeof WebSocket === 'function' ? 0 : 1)").Run(); err != nil {
		t.Skip("no node with a WebSocket here:", err)
	}
	wasm := filepath.Join(t.TempDir(), "page.wasm")
	build := exec.Command("go", "test", "-c", "-o", wasm, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, rendezvous.Config{})
	a := s.player(0, "", func(c *lobby.Config) { c.AutoStart = 2 })
	in(t, a)
	invite, _ := a.Invite()
	heard := make(chan string, 1)
	a.Bind(peer.Chat, func(from peer.ID, b []byte) { heard <- string(b) })

	page := exec.CommandContext(t.Context(), "node", flag, filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec_node.js"),
		wasm, "-test.run=^TestPageEntersRoom$", "-test.v")
	page.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TUTTI_TEST_ROOM=" + invite.Link}
	var out bytes.Buffer
	page.Stdout, page.Stderr = &out, &out
	if err := page.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- page.Wait() }()
	fail := func(what string) {
		t.Helper()
		page.Process.Kill()
		<-done
		t.Fatalf("%s; the page said\n%s", what, out.String())
	}
	late := time.After(2 * patience)
	select {
	case got := <-heard:
		m, ok := a.Match()
		if !ok || got != "match "+string(m.ID[:]) || !strings.HasPrefix(member(a, m.Seats[1]).Name, "page") {
			fail("the page has another match")
		}
		if err := a.Send(m.Seats[1], peer.Chat, make([]byte, peer.MaxMessage)); err != nil {
			fail(err.Error())
		}
	case err := <-done:
		done <- err
		fail("the page ended")
	case <-late:
		fail("the page does not come")
	}
	select {
	case got := <-heard:
		if got != "heard" {
			fail("the page says " + got)
		}
	case <-late:
		fail("the page does not answer")
	}
	// Dead for a moment; both bring the room back.
	s.stop()
	s.start()
	select {
	case err := <-done:
		if err != nil || !strings.Contains(out.String(), "--- PASS: TestPageEntersRoom") {
			t.Fatalf("%v; the page said\n%s", err, out.String())
		}
	case <-late:
		fail("the page does not end")
	}
}
