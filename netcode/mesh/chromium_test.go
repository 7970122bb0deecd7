//go:build !js

package mesh

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/tuned"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// inPage puts members of h into a real browser page and returns once its
// program runs. The test is skipped where there is no Chromium.
func inPage(t *testing.T, h *hub, keys ...peer.Key) (end func()) {
	t.Helper()
	return inPageBy(t, h, nil, keys...)
}

// inPageBy is inPage with servers, by which alone the page may be reached.
func inPageBy(t *testing.T, h *hub, servers []string, keys ...peer.Key) (end func()) {
	t.Helper()
	var browser string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("needs chromium in PATH: the page's twin runs nowhere else")
	}
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "page.wasm"), "./testdata/page")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the page: %v\n%s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	up := make(chan struct{})
	mux := http.NewServeMux()
	serve := func(name, file string) {
		mux.HandleFunc(name, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	}
	serve("/{$}", "testdata/page/index.html")
	serve("/page.wasm", filepath.Join(dir, "page.wasm"))
	serve("/wasm_exec.js", filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) { carry(t, h, w, r, keys, up) })
	server := httptest.NewServer(mux)

	q := url.Values{"room": {h.room}}
	var seeds, members []string
	for _, k := range keys {
		seed := k.Seed()
		seeds = append(seeds, hex.EncodeToString(seed[:]))
	}
	for _, id := range h.members {
		members = append(members, id.String())
	}
	q.Set("seeds", strings.Join(seeds, ","))
	q.Set("members", strings.Join(members, ","))
	q.Set("servers", strings.Join(servers, ","))

	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, browser, "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-gpu",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(dir, "profile"),
		// Loopback addresses, and by number: there is no multicast here (W20).
		"--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns",
		server.URL+"/?"+q.Encode())
	var noise bytes.Buffer
	cmd.Stdout, cmd.Stderr = &noise, &noise
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(func() {
		stop()
		_ = cmd.Wait()
		server.CloseClientConnections()
		server.Close()
		// The profile folder may still be written to for a moment.
		eventually(t, "the browser's end", func() bool { return os.RemoveAll(filepath.Join(dir, "profile")) == nil })
	})
	t.Cleanup(end)
	select {
	case <-up:
	case <-time.After(3 * time.Minute):
		t.Fatalf("the page did not come up within three minutes; the browser said:\n%s", noise.String())
	}
	return end
}

// carry is the server's end of the page's WebSocket.
func carry(t *testing.T, h *hub, w http.ResponseWriter, r *http.Request, keys []peer.Key, up chan struct{}) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer ws.CloseNow()
	ws.SetReadLimit(1 << 20)
	var mu sync.Mutex
	for _, k := range keys {
		s := h.enter(k)
		s.Bind(peer.Signal, func(from peer.ID, b []byte) {
			mu.Lock()
			defer mu.Unlock()
			to := s.Self()
			_ = ws.Write(r.Context(), websocket.MessageBinary, slices.Concat(from[:], to[:], b))
		})
	}
	close(up)
	for {
		kind, frame, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		if kind == websocket.MessageText {
			t.Logf("page: %s", frame)
			continue
		}
		if len(frame) >= 2*peer.IDSize {
			h.inject(peer.ID(frame), peer.ID(frame[peer.IDSize:]), frame[2*peer.IDSize:])
		}
	}
}

// TestPageAndProgram links a program with two meshes in a Chromium page: one
// with a lower ID, which offers, and one with a higher, which answers.
func TestPageAndProgram(t *testing.T) {
	h, keys := newHub(), keysInOrder(3)
	for _, k := range keys {
		h.members = append(h.members, k.ID())
	}
	m := openWith(t, h, keys[1], Config{Loopback: true})
	end := inPage(t, h, keys[0], keys[2])
	for i, role := range map[int]string{0: "page offers", 2: "page answers"} {
		t.Run(role, func(t *testing.T) { talkToPage(t, m, keys[i].ID()) })
	}
	for i, role := range map[int]string{0: "restart of a page that offers", 2: "restart of a page that answers"} {
		t.Run(role, func(t *testing.T) { restartPage(t, m, keys[i].ID()) })
	}
	end()
	eventually(t, "notice that the page is gone", func() bool {
		return m.State(keys[0].ID()) == peer.Linking && m.State(keys[2].ID()) == peer.Linking
	})
	inPage(t, h, keys[0], keys[2])
	t.Run("page loaded anew", func(t *testing.T) { talkToPage(t, m, keys[0].ID()) })
	for e := range m.Events() {
		t.Log(e)
	}
	if st := m.Stats(); st.Forged+st.Junk+st.BadLetters != 0 {
		t.Errorf("%+v", st)
	}
}

func talkToPage(t *testing.T, m *Mesh, page peer.ID) {
	eventually(t, "link", func() bool { return m.State(page) == peer.Linked })
	echo, lines, bulk, moves, control := collect(m, peer.User), collect(m, peer.Chat), collect(m, peer.Bulk), collect(m, peer.Moves), collect(m, peer.Control)
	const n = 10_000
	for i := range n {
		mustSend(t, m, page, peer.User, fmt.Appendf(nil, "%d", i))
	}
	mustSend(t, m, page, peer.Control, []byte("go"))
	for name, in := range map[string]*inbox{"echoes": echo, "lines": lines} {
		eventually(t, name, func() bool { return in.len() >= n })
		for i, got := range in.all() {
			if want := fmt.Sprintf("%s %d", page.Short(), i); got != want {
				t.Fatalf("%s: message %d is %q, want %q", name, i, got, want)
			}
		}
	}
	big := bytes.Repeat([]byte("0123456789abcdef"), peer.MaxMessage/16)
	mustSend(t, m, page, peer.Bulk, big)
	mustSend(t, m, page, peer.User, big)
	mustSend(t, m, page, peer.User, nil)
	eventually(t, "the largest messages", func() bool { return bulk.len() == 1 && echo.len() == n+2 })
	if want := page.Short() + " " + string(big); bulk.all()[0] != want || echo.all()[n] != want || echo.all()[n+1] != page.Short()+" " {
		t.Error("the largest or the empty message came back changed")
	}
	move := bytes.Repeat([]byte{7}, peer.MaxDatagram)
	sent := 0
	eventually(t, "moves", func() bool {
		if m.Send(page, peer.Moves, move) == nil {
			sent++
		}
		return moves.len() >= 100
	})
	if moves.all()[0] != page.Short()+" "+string(move) {
		t.Error("a move came back changed")
	}
	mustSend(t, m, page, peer.Control, []byte("channels"))
	eventually(t, "channels", func() bool { return control.len() > 0 })
	// Whichever end opened them, ours or the page's.
	want := []string{"bulk false   arraybuffer", "control true   arraybuffer", fmt.Sprintf("moves false %d  arraybuffer", tuned.MoveRetransmits)}
	count := map[string]int{}
	for c := range strings.SplitSeq(strings.TrimPrefix(control.all()[0], page.Short()+" "), "; ") {
		count[c]++
		if !slices.Contains(want, c) {
			t.Errorf("a channel of the page is %q (label, order, retransmissions, lifetime, type); want one of %q", c, want)
		}
	}
	// The page's two players have a link with us each, and one between them.
	if n := count[want[0]]; n < 2 || count[want[1]] != n || count[want[2]] != n {
		t.Errorf("the page's channels are %v", count)
	}
	control = collect(m, peer.Control)
	eventually(t, "round trip", func() bool { return m.Path(page).RTT > 0 })
	mustSend(t, m, page, peer.Control, []byte("path"))
	eventually(t, "path", func() bool { return control.len() > 0 })
	t.Logf("%d moves sent, %d came back; ours: %+v", sent, moves.len(), m.Path(page))
	t.Logf("the page's: %s", control.all()[0])
	if !strings.Contains(control.all()[0], "State:linked") || !strings.Contains(control.all()[0], "Direct:true") || strings.Contains(control.all()[0], "RTT:0s") {
		t.Error("the page sees another path")
	}
}

// restartPage makes ICE restarts from either side while ten thousand messages
// are under way.
func restartPage(t *testing.T, m *Mesh, page peer.ID) {
	l := m.link(page)
	l.mu.Lock()
	way := l.active
	l.mu.Unlock()
	for _, by := range []string{"us", "the page"} {
		time.Sleep(restartEvery + 100*time.Millisecond) // no two within that
		lines, before := collect(m, peer.Chat), flowOf(m, way)
		mustSend(t, m, page, peer.Control, []byte("go"))
		eventually(t, "the first lines", func() bool { return lines.len() > 10 })
		for try := 0; lines.len() == 10_000; try++ { // this machine was busy with something else
			if try == 10 {
				t.Fatal("premise: all messages came before the restart, again and again")
			}
			lines = collect(m, peer.Chat)
			mustSend(t, m, page, peer.Control, []byte("go"))
			eventually(t, "the first lines", func() bool { return lines.len() > 10 })
		}
		if by == "us" {
			if err := m.Restart(page); err != nil {
				t.Fatal(err)
			}
		} else {
			mustSend(t, m, page, peer.Control, []byte("restart"))
		}
		start := time.Now()
		eventually(t, "a path by other credentials", func() bool {
			f := flowOf(m, way)
			if f == nil || f == before {
				return false
			}
			at, _ := f.Remote()
			return at.IsValid()
		})
		took, under := time.Since(start), lines.len()
		eventually(t, "all lines", func() bool { return lines.len() >= 10_000 })
		for i, got := range lines.all() {
			if want := fmt.Sprintf("%s %d", page.Short(), i); got != want {
				t.Fatalf("message %d is %q, want %q", i, got, want)
			}
		}
		t.Logf("restarted by %s in %v, %d of 10000 messages were there by then", by, took, under)
		l.mu.Lock()
		if l.active != way {
			t.Error("the connection is another one")
		}
		l.mu.Unlock()
	}
}
