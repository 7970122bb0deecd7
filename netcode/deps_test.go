//go:build !js

package netcode_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tuttiplay/tutti"

// row is one room of the house: a package, and the rooms it may import.
type row struct {
	room string
	uses []string
}

func uses(rooms ...string) []string { return rooms }

// house lists every room below the rooms it uses; what is not in a row is not
// imported. A room may stand here before it is built. netcode, mesh, chat and
// lobby never meet: they know peer.Link and small interfaces of their own.
var house = []row{
	{"netcode/seeds", nil},
	{"netcode/peer", nil},
	{"netcode/peer/keyring", uses("netcode/peer")},
	{"netcode/peer/cleantext", nil},
	{"netcode/wire", uses("netcode/peer")},
	{"netcode/internal/fb", uses("netcode/wire")},
	{"netcode/internal/greet", uses("netcode/peer", "netcode/wire", "netcode/internal/fb")},
	{"netcode/weather", nil},
	{"netcode/fixp", nil},
	{"nat/internal/stunmsg", nil},
	{"nat/internal/portmap", nil},
	{"nat", uses("netcode/peer", "netcode/wire", "nat/internal/stunmsg", "nat/internal/portmap")},
	{"nat/stunturn", uses("netcode/peer", "netcode/wire", "nat/internal/stunmsg", "nat")},
	{"nat/natcheck", uses("nat", "nat/stunturn")},
	{"netcode/evidence", uses("netcode/peer", "netcode/wire")},
	{"netcode/epoch", uses("netcode/peer", "netcode/wire", "netcode/evidence")},
	{"netcode/lockstep", uses("netcode/peer", "netcode/wire", "netcode/fixp", "netcode/evidence", "netcode/epoch")},
	{"netcode", uses("netcode/peer", "netcode/wire", "netcode/internal/...", "netcode/evidence", "netcode/epoch", "netcode/lockstep")},
	{"netcode/simnet", uses("netcode/peer", "netcode/wire", "netcode/weather")},
	{"netcode/simnet/natlab/kernel", nil},
	{"netcode/simnet/natlab", uses("netcode/peer", "netcode/wire", "netcode/weather", "nat", "nat/stunturn", "netcode/simnet")},
	{"netcode/gametest", uses("netcode/peer", "netcode/wire", "netcode/weather", "netcode/fixp", "netcode/lockstep", "netcode", "netcode/simnet")},
	{"netcode/mesh/internal/x25519", nil},
	{"netcode/mesh/internal/seal", uses("netcode/peer", "netcode/mesh/internal/x25519")},
	{"netcode/mesh/internal/knock", uses("netcode/peer", "netcode/wire")},
	{"netcode/mesh/internal/account", nil},
	{"netcode/mesh/internal/courier", uses("netcode/peer")},
	{"netcode/mesh/internal/kept", nil},
	{"netcode/mesh/internal/process", nil},
	{"netcode/mesh/internal/letter", uses("netcode/peer", "netcode/wire")},
	{"netcode/mesh/internal/quality", nil},
	{"netcode/mesh/internal/pace", nil},
	{"netcode/mesh/internal/piece", uses("netcode/peer", "netcode/mesh/internal/pace")},
	{"netcode/mesh/internal/route", uses("netcode/peer", "netcode/wire")},
	{"netcode/mesh/internal/predict", uses("netcode/weather")},
	{"netcode/mesh/internal/tuned", nil},
	{"netcode/mesh/internal/datagram", uses("netcode/mesh/internal/seal")},
	{"netcode/mesh/internal/socket", uses("netcode/mesh/internal/datagram")},
	{"netcode/mesh", uses("netcode/mesh/internal/predict", "netcode/mesh/internal/socket", "netcode/mesh/internal/...", "netcode/peer", "netcode/peer/keyring", "netcode/internal/fb", "netcode/wire", "netcode/weather", "nat")},
	{"chat/internal/fb", uses("netcode/wire")},
	{"chat", uses("netcode/peer", "netcode/peer/cleantext", "netcode/wire", "chat/internal/fb")},
	{"lobby/internal/fb", uses("netcode/wire")},
	{"lobby/internal/roomstate", uses("netcode/peer", "netcode/peer/cleantext")},
	{"lobby/internal/msg", uses("netcode/peer", "netcode/wire", "lobby/internal/fb", "lobby/internal/roomstate")},
	{"lobby/internal/socket", nil},
	{
		"lobby",
		uses("netcode/peer", "netcode/peer/keyring", "netcode/wire", "netcode/epoch", "nat",
			"lobby/internal/msg", "lobby/internal/roomstate", "lobby/internal/socket"),
	},
	{"lobby/rendezvous", uses("netcode/peer", "netcode/wire", "nat", "nat/stunturn", "lobby/internal/msg", "lobby/internal/roomstate", "lobby")},
	{"lobby/lan", uses("netcode/peer", "netcode/wire", "lobby", "lobby/rendezvous")},
	{"lobby/natsstore", uses("netcode/peer", "netcode/wire", "lobby/internal/fb", "lobby", "lobby/rendezvous")},
	{"lobby/lobbyd", uses("netcode/peer", "netcode/peer/keyring", "nat", "nat/stunturn", "lobby", "lobby/rendezvous", "lobby/natsstore")},
	{"netcode/detvet", nil},
	{"netcode/detvet/detvet", uses("netcode/detvet")},
	{"demo/sim", uses("netcode/peer", "netcode/fixp", "netcode/lockstep", "netcode")},
	{"demo/party", uses("netcode/peer", "netcode", "netcode/mesh", "lobby", "chat", "demo/sim")},
	{"demo/ink", nil},
	{"demo/menu", nil},
	{"demo/stage", uses("netcode/peer", "netcode/fixp", "netcode", "demo/sim", "demo/ink", "demo/menu")},
	{"demo/pad", uses("netcode", "demo/sim")},
	{"demo/page", nil},
	{"demo", uses("netcode/...", "nat/...", "chat/...", "lobby/...", "demo/...")},
	{"bench/connect", uses("netcode/peer", "netcode/mesh")},
	{"bench", uses("netcode/...", "nat/...", "chat/...", "lobby/...", "demo/sim", "bench/connect")},
}

// ban keeps an import, and everything below it, out of the rooms that are not
// excepted, however long the way to it.
type ban struct {
	path   string
	except []string // rooms; "a/..." is a and all below it
	why    string
}

var bans = []ban{
	{"github.com/hajimehoshi/ebiten", []string{"demo", "demo/ink", "demo/stage", "demo/pad"}, "the SDK serves any engine, and servers have no display"},
	{"github.com/ebitengine", []string{"demo", "demo/ink", "demo/stage", "demo/pad"}, "it comes with Ebitengine"},
	{"github.com/nats-io", []string{"lobby/natsstore", "lobby/lobbyd"}, "a game, and a game that hosts on a LAN, carries no NATS"},
	{"github.com/prometheus", []string{"lobby/lobbyd"}, "metrics are the server's"},
	{
		"github.com/pion",
		[]string{"nat/...", "netcode/simnet/natlab", "netcode/mesh", "netcode/mesh/internal/socket", "netcode/mesh/internal/tuned", "lobby/rendezvous", "lobby/lan", "lobby/lobbyd", "demo", "demo/party", "bench/..."},
		"the rules of a match know no transport",
	},
	{
		"net/http",
		[]string{"nat/...", "netcode/simnet/natlab", "netcode/mesh", "netcode/mesh/internal/tuned", "netcode/detvet/...", "lobby/...", "demo", "demo/page", "demo/party", "bench/..."},
		"it adds a megabyte to everything that imports it",
	},
	{
		"net",
		[]string{
			"nat/...", "netcode/simnet/natlab", "netcode/mesh", "netcode/mesh/internal/socket", "netcode/mesh/internal/tuned", "netcode/detvet/...", "lobby/...", "demo", "demo/ink",
			"demo/stage",
			"demo/pad", "demo/page", "demo/party", "bench/...",
		},
		"sockets belong to the mesh, the lobby and nat",
	},
	{
		"testing",
		[]string{"netcode/seeds", "netcode/simnet/natlab", "bench/..."},
		"it registers flags in the author's program; gametest returns errors instead",
	},
	{"github.com/quic-go", []string{"bench"}, "it is a yardstick, and no player needs it"},
	{"C", nil, "everything builds without a C compiler"},
	{"plugin", nil, "everything builds without a C compiler"},
}

// pageBans hold for GOOS=js in addition: weight, or what does not work in a page.
var pageBans = []ban{
	{"net/http", nil, "the page has its own WebSocket and loads nothing else; 0.5 MB"},
	{"net", []string{"demo", "demo/ink", "demo/stage", "demo/pad"}, "a page has no sockets (Ebitengine has the package in it all the same)"},
	{"crypto/tls", nil, "the browser does TLS; 0.5 MB"},
	{"github.com/pion", nil, "the page uses the browser's WebRTC through syscall/js"},
	{"github.com/coder/websocket", nil, "its js twin imports net/http"},
	{"github.com/hajimehoshi/bitmapfont", nil, "2 MB of glyphs"},
	{"github.com/hajimehoshi/ebiten/v2/ebitenutil", nil, "it brings bitmapfont and image decoders"},
}

// TestHouse holds the packages of the tree against the table above.
func TestHouse(t *testing.T) {
	watchTree(t)
	for i, r := range house {
		for _, u := range r.uses {
			if !slices.ContainsFunc(house[:i], func(above row) bool { return covers(u, above.room) }) {
				t.Errorf("row %s uses %s, which does not stand above it", r.room, u)
			}
		}
	}
	for _, target := range []struct {
		goos, goarch string
		bans         []ban
	}{
		{runtime.GOOS, runtime.GOARCH, bans},
		{"js", "wasm", slices.Concat(bans, pageBans)},
	} {
		t.Run(target.goos, func(t *testing.T) {
			for _, p := range goList(t, "..", target.goos, target.goarch, "./...") {
				for _, complaint := range inspect(p, target.bans) {
					t.Error(complaint)
				}
			}
		})
	}
}

// TestHouseNotices makes sure that the test above can fail.
func TestHouseNotices(t *testing.T) {
	at := func(room string) string { return module + "/" + room }
	for _, tc := range []struct {
		name string
		p    listed
		want string
	}{
		{"fine", listed{ImportPath: at("netcode/wire"), Imports: []string{"fmt", at("netcode/peer")}}, ""},
		{"no row", listed{ImportPath: at("netcode/attic")}, "is in no row"},
		{"arrow", listed{ImportPath: at("netcode/peer"), Imports: []string{at("netcode/wire")}}, "may not import netcode/wire"},
		{"siblings", listed{ImportPath: at("lobby"), Imports: []string{at("netcode/mesh")}}, "may not import netcode/mesh"},
		{"ban", listed{ImportPath: at("netcode"), Deps: []string{"github.com/nats-io/nats.go"}}, "carries no NATS"},
		{"page", listed{ImportPath: at("demo"), Deps: []string{"github.com/pion/stun/v2"}}, "through syscall/js"},
		{"prefix", listed{ImportPath: at("demo"), Deps: []string{"nettle", "github.com/pionier/x"}}, ""},
		{"wildcard", listed{ImportPath: at("demo"), Imports: []string{at("netcode/simnet")}}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := strings.Join(inspect(tc.p, slices.Concat(bans, pageBans)), "\n")
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("inspect says %q; want %q in it", got, tc.want)
			}
		})
	}
}

// inspect returns what is wrong with one package.
func inspect(p listed, bans []ban) (complaints []string) {
	room := strings.TrimPrefix(p.ImportPath, module+"/")
	i := slices.IndexFunc(house, func(r row) bool { return r.room == room })
	if i < 0 {
		return []string{fmt.Sprintf("%s is in no row of the house; give it one in deps_test.go, below all that it uses", room)}
	}
	for _, imp := range p.Imports {
		used, ours := strings.CutPrefix(imp, module+"/")
		if ours && !slices.ContainsFunc(house[i].uses, func(u string) bool { return covers(u, used) }) {
			complaints = append(complaints, fmt.Sprintf("%s may not import %s: it is not in its row of the house", room, used))
		}
	}
	for _, b := range bans {
		if slices.ContainsFunc(b.except, func(e string) bool { return covers(e, room) }) {
			continue
		}
		for _, dep := range p.Deps {
			if dep == b.path || strings.HasPrefix(dep, b.path+"/") && b.path != "net" {
				complaints = append(complaints, fmt.Sprintf("%s depends on %s: %s", room, dep, b.why))
				break // its parts add nothing
			}
		}
	}
	return complaints
}

// covers reports whether room is what pattern names; "a/..." names a and all
// below it.
func covers(pattern, room string) bool {
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return room == root || strings.HasPrefix(room, root+"/")
	}
	return room == pattern
}

// listed is what go list says about one package, test files aside.
type listed struct {
	ImportPath string
	Imports    []string // direct
	Deps       []string // all, direct or not
}

// goList lists packages as seen from dir, without a C compiler.
func goList(t *testing.T, dir, goos, goarch string, args ...string) []listed {
	t.Helper()
	out := goCommand(t, dir, []string{"GOOS=" + goos, "GOARCH=" + goarch},
		append([]string{"list", "-json=ImportPath,Imports,Deps"}, args...)...)
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// goCommand runs the go command in dir and returns what it prints.
func goCommand(t *testing.T, dir string, env []string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"CGO_ENABLED=0"}, env)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// watchTree looks at every folder of the module, so that go test does not
// answer from its cache after one of them changed.
func watchTree(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != ".." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
