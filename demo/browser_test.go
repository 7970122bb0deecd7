//go:build unix

package main

import (
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

// TestBrowser plays the page in Chromium: keys must move the ship in the
// simulation. It leaves pictures in out.
func TestBrowser(t *testing.T) {
	node, npm := tool(t, "node"), tool(t, "npm")
	chromium := tool(t, "chromium", "chromium-browser", "google-chrome")
	exe := buildDemo(t)
	script, err := filepath.Abs(filepath.FromSlash("testdata/play.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	install := exec.CommandContext(testContext(t), npm, "install", "--no-audit", "--no-fund", "--prefix", dir, playwright)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install %s: %v\n%s", playwright, err, out)
	}

	serve := exec.Command(exe, "-page", "-addr", "127.0.0.1:0", "-seed", "7")
	serve.Env = withoutDisplay()
	server := start(t, serve)
	address := addressInText.FindString(server.await("address", 5*time.Minute, isReady))

	play := exec.CommandContext(testContext(t), node, script, address, chromium, outDir(t))
	play.Dir = dir
	out, err := play.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the page in %s: %v", filepath.Base(chromium), err)
	}
	if err := server.interrupt(10 * time.Second); err != nil {
		t.Errorf("after Ctrl-C the server ended with %v\n%s", err, &server.errors)
	}
}
