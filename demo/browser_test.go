//go:build unix

package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// playwright is the version of the browser driver that the test installs.
const playwright = "playwright-core@1.65.1"

var addressInText = regexp.MustCompile(`http://\S+`)

// isReady recognises the sentence that gives the page's address.
func isReady(line string) bool { return strings.Contains(line, "is ready: open http://localhost:") }

// browser is what it takes to play the page in Chromium.
type browser struct {
	t                   *testing.T
	node, chromium, dir string
}

// newBrowser finds or installs it, or skips the test.
func newBrowser(t *testing.T) browser {
	t.Helper()
	node, npm := tool(t, "node"), tool(t, "npm")
	chromium := tool(t, "chromium", "chromium-browser", "google-chrome")
	dir := t.TempDir()
	install := exec.CommandContext(testContext(t), npm, "install", "--prefer-offline", "--fetch-retries=5", "--no-audit", "--no-fund", "--prefix", dir, playwright)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install %s: %v\n%s", playwright, err, out)
	}
	return browser{t, node, chromium, dir}
}

// command returns a run of a script of testdata with the page's address.
func (b browser) command(script, address string, args ...string) *exec.Cmd {
	b.t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", script))
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.CommandContext(testContext(b.t), b.node, append([]string{path, address, b.chromium, outDir(b.t)}, args...)...)
	cmd.Dir = b.dir
	return cmd
}

// servePageOf starts the demo as the server of the page and returns its address.
func servePageOf(t *testing.T, exe string, args ...string) (server *process, address string) {
	t.Helper()
	serve := exec.Command(exe, append([]string{"-page", "-addr", "127.0.0.1:0"}, args...)...)
	serve.Env = withoutDisplay()
	server = start(t, serve)
	return server, addressInText.FindString(server.await("address", 5*time.Minute, isReady))
}

// TestBrowser plays the page in Chromium: keys must move the ship in the
// simulation. It leaves pictures in out.
func TestBrowser(t *testing.T) {
	b := newBrowser(t)
	server, address := servePageOf(t, buildDemo(t), "-seed", "7")
	out, err := b.command("play.cjs", address).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the page in %s: %v", filepath.Base(b.chromium), err)
	}
	if err := server.interrupt(10 * time.Second); err != nil {
		t.Errorf("after Ctrl-C the server ended with %v\n%s", err, &server.errors)
	}
}

// TestBrowserWithOthers lets the page host a room for three programs: four links
// each, one match with one history, and talk that was typed.
func TestBrowserWithOthers(t *testing.T) {
	b := newBrowser(t)
	exe := buildDemo(t)
	_, address := servePageOf(t, exe, "-host")
	page := start(t, b.command("room.cjs", address+"&name=Ann", "300"))
	var said struct {
		Link  string `json:"link"`
		Tutti *struct {
			facts
			Ship any `json:"ship"`
		} `json:"tutti"`
	}
	read := func(line string) {
		t.Helper()
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatalf("the page says %q: %v", line, err)
		}
	}
	read(page.await("link", 3*time.Minute, func(line string) bool { return strings.Contains(line, `"link"`) }))

	dir, env := t.TempDir(), alone(t)
	names := []string{"Bo", "Cy", "Di"}
	var others []*process
	for _, name := range names {
		cmd := exec.Command(exe, "-headless", "-room", said.Link, "-name", name, "-say", "hello from "+name, "-frames", "100000", "-trace", filepath.Join(dir, name))
		cmd.Env = env
		others = append(others, start(t, cmd))
	}
	read(page.await("result", 5*time.Minute, func(line string) bool { return strings.Contains(line, `"tutti"`) }))
	if len(said.Tutti.Chat) != 4 || len(said.Tutti.Members) != 4 {
		t.Errorf("in the page: talk %+v, members %+v", said.Tutti.Chat, said.Tutti.Members)
	}
	for i, name := range names {
		trace := filepath.Join(dir, name)
		f := awaitTrace(t, others[i], trace, "hash of frame 300", func(f *facts) bool { return len(f.Hashes) >= 5 })
		wantSame(t, &said.Tutti.facts, f, 300)
		if len(f.Chat) != 4 {
			t.Errorf("%s heard %+v", name, f.Chat)
		}
	}
}
