//go:build !js

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/demo/page"
)

// maxPageBytes is what the page may weigh, compressed.
const maxPageBytes = 4_000_000

// heavy names what must not be in the page, and why.
var heavy = map[string]string{
	"net/http":                                    "adds 2 MB; the browser has it",
	"github.com/coder/websocket":                  "its js twin brings net/http; the lobby has a socket of its own for pages",
	"github.com/pion/webrtc/v4":                   "the browser has WebRTC",
	"github.com/pion/stun/v2":                     "a page has no sockets to ask by",
	"github.com/tuttiplay/tutti/lobby/rendezvous": "a page cannot be a server",
	"html/template":                               "keeps every exported method of everything alive",
	"testing":                                     "belongs to tests",
	"flag":                                        "a page has no command line",
	"github.com/hajimehoshi/ebiten/v2/ebitenutil": "brings a font and net/http",
	"github.com/hajimehoshi/bitmapfont/v4":        "2.4 MB of letters; package ink has its own",
	"github.com/tuttiplay/tutti/demo/page":        "builds the page and is not in it",
}

func TestPageCarriesNothingHeavy(t *testing.T) {
	cmd := exec.Command(tool(t, "go"), "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if why, bad := heavy[path]; bad {
			t.Errorf("the page links %s: %s", path, why)
		}
	}
}

func TestPageWeight(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the page: not under -short")
	}
	tool(t, "go")
	var last, calls int
	site, err := page.Build(testContext(t), func(done, total int) {
		calls++
		if done < last || done > total {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	plain, compressed := site.ProgramBytes()
	t.Logf("the page: %d bytes, %d compressed of %d", plain, compressed, maxPageBytes)
	if compressed > maxPageBytes {
		t.Errorf("the page weighs %d bytes compressed; at most %d", compressed, maxPageBytes)
	}
	if calls == 0 {
		t.Error("the build showed no progress")
	}
}
