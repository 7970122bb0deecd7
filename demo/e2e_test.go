//go:build linux

package main

import (
	"fmt"
	"image"
	"maps"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab/kernel"
)

// How long the four play.
const (
	fourFrames = 3500             // together, all four
	fourWithin = 90 * time.Second // for those frames
	afterDrop  = 10 * sim.FrameRate
	hashEvery  = 60 // frames
)

// TestFour plays one match of four programs that have never met: a window, a page
// in Chromium and two players without a screen find each other by the code of a
// room on a lobby server, link up over WebRTC, play and talk. Then the server dies,
// then one of them; the others play on.
func TestFour(t *testing.T) {
	kit := newKit(t)
	t.Run("on one machine", func(t *testing.T) {
		four := kit.four(t, venue{server: "127.0.0.1:0", loopback: true})
		four.meet(t)
		four.play(t, func() {
			for _, p := range four.pairs(t) {
				if p.Local == "relay" || p.Remote == "relay" || p.Protocol != "udp" || p.Bytes == 0 {
					t.Errorf("a connection of the page goes %+v", p)
				}
			}
		})
		four.lose(t)
		four.end(t)
	})
	t.Run("behind two NATs", func(t *testing.T) {
		town := newTown(t)
		four := kit.four(t, venue{
			server: townServer, lobby: town.Internet, here: town.Sites[0].Host, there: town.Sites[1].Host, pictures: "nat-",
		})
		four.meet(t)
		four.play(t, func() { town.check(t, four) })
		four.lose(t)
		town.checkTraffic(t)
		four.end(t)
	})
}

// kit is what the programs are made of, built once.
type kit struct {
	demo, lobbyd                   string
	node, chromium, script, driver string
}

func newKit(t *testing.T) *kit {
	t.Helper()
	npm := tool(t, "npm")
	k := &kit{node: tool(t, "node"), chromium: tool(t, "chromium", "chromium-browser", "google-chrome"), driver: t.TempDir()}
	tool(t, "Xvfb")
	var err error
	if k.script, err = filepath.Abs(filepath.FromSlash("testdata/seat.cjs")); err != nil {
		t.Fatal(err)
	}
	k.demo = buildDemo(t)
	k.lobbyd = filepath.Join(k.driver, "lobbyd")
	cmd := exec.Command(tool(t, "go"), "build", "-o", k.lobbyd, "../lobby/lobbyd")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	install := exec.CommandContext(testContext(t), npm, "install", "--prefer-offline", "--fetch-retries=5", "--no-audit", "--no-fund", "--prefix", k.driver, playwright)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install %s: %v\n%s", playwright, err, out)
	}
	return k
}

// venue is where the programs run.
type venue struct {
	server      string       // address for the lobby server
	lobby       *kernel.Host // of the lobby server
	here, there *kernel.Host // of window and page, of the other two
	loopback    bool         // all on this machine, which has no other address
	pictures    string       // the beginning of their names
}

// four is who plays, in the order of their coming: the window owns the room.
type four struct {
	venue   venue
	lobbyd  *process
	window  *player
	page    *player
	bots    [2]*player
	players []*player
	screen  string // of the window: a file
}

// four starts the programs. They enter one room by its code.
func (k *kit) four(t *testing.T, v venue) *four {
	t.Helper()
	f := &four{venue: v}
	home := "XDG_CONFIG_HOME=" + t.TempDir() // their keys are the test's own

	cmd := v.lobby.Command(k.lobbyd, "-addr", v.server)
	dies(cmd)
	f.lobbyd = start(t, cmd)
	ready := f.lobbyd.await("address", 30*time.Second, func(line string) bool { return strings.HasPrefix(line, "ready ") })
	server := regexp.MustCompile(`addr=(\S+)`).FindStringSubmatch(ready)[1]

	cmd = v.here.Command(k.demo, "-page", "-addr", "127.0.0.1:0", "-server", server)
	cmd.Env = withoutDisplay()
	dies(cmd)
	site := start(t, cmd)
	address := addressInText.FindString(site.await("address", 5*time.Minute, isReady))

	local := func(args ...string) []string {
		if v.loopback {
			args = append(args, "-loopback")
		}
		return append(args, "-server", server, "-trace", "-")
	}
	display, screen := startDisplay(t)
	f.screen = screen
	cmd = v.here.Command(k.demo, local("-host", "-start", "4", "-watch", "-name", "Window", "-size", "320x180")...)
	cmd.Env = append(withoutDisplay(), "DISPLAY="+display, home)
	f.window = enter(t, "Window", cmd)
	all(t, "room", time.Minute, []*player{f.window}, func(p *player) bool { return p.now().Room != "" })
	code := f.window.now().Room
	if len(code) != 6 {
		t.Fatalf("the code of the room is %q; want six characters", code)
	}

	query := url.Values{"room": {code}, "name": {"Page"}, "watch": {"1"}}
	flags := []string{k.script, address + "?" + query.Encode(), k.chromium, outDir(t)}
	if v.loopback { // the browser would keep to other addresses, and to names instead of numbers
		flags = append(flags, "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns")
	}
	cmd = v.here.Command(k.node, flags...)
	cmd.Dir = k.driver
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	f.page = enter(t, "Page", cmd)
	f.page.in = in
	// Its browser ends with it, not with us.
	t.Cleanup(func() { f.closePage(t) })
	all(t, "page in the room", 2*time.Minute, []*player{f.window, f.page}, func(p *player) bool { return len(p.now().Members) == 2 })

	for i := range f.bots {
		name := fmt.Sprintf("Bot%d", i+1)
		cmd = v.there.Command(k.demo, local("-headless", "-frames", "100000", "-room", code, "-name", name, "-say", "hello from "+name)...)
		cmd.Env = append(withoutDisplay(), home)
		f.bots[i] = enter(t, name, cmd)
	}
	f.players = []*player{f.window, f.page, f.bots[0], f.bots[1]}
	return f
}

// closePage ends the page and its browser, and returns how that went.
func (f *four) closePage(t *testing.T) {
	t.Helper()
	_ = f.page.in.Close() // a second time says that it is closed
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	select {
	case <-f.page.ended:
	case <-late.C:
		t.Errorf("the page does not end: %s", f.page.last())
	}
}

// meet waits until one match runs on all four, and checks who plays how.
func (f *four) meet(t *testing.T) {
	t.Helper()
	all(t, "match", 90*time.Second, f.players, func(p *player) bool {
		now := p.now()
		return now.Frame > 0 && now.Match == f.window.now().Match
	})
	f.awaitDirect(t)
	seats := seating(f.window)
	for _, p := range f.players {
		now := p.now()
		for _, m := range now.Members {
			if m.Self != (m.Name == p.name) || m.Self && m.Seat != now.Seat {
				t.Errorf("%s with seat %d takes this for itself: %+v", p.name, now.Seat, m)
			}
		}
		if !maps.Equal(seating(p), seats) {
			t.Errorf("%s sees %v seated, %s %v", p.name, seating(p), f.window.name, seats)
		}
	}
	if len(seats) != 4 || seats[0] != "Window" || seats[1] != "Page" || seats[2] == "" || seats[3] == "" {
		t.Errorf("%v are seated; want all four, in the order of their coming", seats)
	}
}

// awaitDirect waits until nobody forwards anything. A match begins as soon as
// everybody reaches everybody, if need be through a third one; the direct
// connections take over while it runs.
func (f *four) awaitDirect(t *testing.T) {
	t.Helper()
	all(t, "direct connections", 30*time.Second, f.players, func(p *player) bool {
		return !slices.ContainsFunc(p.now().Members, func(m memberFact) bool { return !m.Self && m.Path != "direct" })
	})
}

// seating returns who sits where, as p sees it.
func seating(p *player) map[int]string {
	seats := map[int]string{}
	for _, m := range p.now().Members {
		seats[m.Seat] = m.Name
	}
	return seats
}

// play lets all four play and talk. during is called in the middle.
func (f *four) play(t *testing.T, during func()) {
	t.Helper()
	begun := f.begun()
	all(t, "ten seconds of play", time.Minute, f.players, func(p *player) bool { return p.now().Confirmed >= 600 })
	during()
	const line = "typed in the page"
	f.page.order("say %s", line)
	all(t, "talk", 30*time.Second, f.players, func(p *player) bool { return p.heard("Page", line) })
	if say := "hello from Bot1"; !f.page.heard("Bot1", say) {
		t.Errorf("the page has not heard %q: %+v", say, f.page.now().Chat)
	}
	f.picture(t, "")
	all(t, fmt.Sprint(fourFrames, " frames"), time.Until(begun.Add(fourWithin)), f.players, func(p *player) bool {
		return p.now().Confirmed >= fourFrames && hashedUntil(p) >= fourFrames-fourFrames%hashEvery
	})
	compare(t, f.players, fourFrames)
	for _, p := range f.players {
		p.checkPace(t)
		p.checkMotion(t)
	}
}

// begun returns when the first trace told of the match.
func (f *four) begun() time.Time {
	var first time.Time
	for _, p := range f.players {
		p.mu.Lock()
		if at := p.samples[0].at; first.IsZero() || at.Before(first) {
			first = at
		}
		p.mu.Unlock()
	}
	return first
}

// lose kills the lobby server and then one of the players. The others play on.
func (f *four) lose(t *testing.T) {
	t.Helper()
	kill(t, f.lobbyd)
	all(t, "news of the server's death", 20*time.Second, f.players, func(p *player) bool { return p.told("the lobby server is away") })
	lost, left := f.bots[1], f.players[:3]
	kill(t, lost.process)
	all(t, "news of the player's death", 30*time.Second, left, func(p *player) bool { return p.told("Bot2 was lost") })
	var from netcode.Frame
	for _, p := range left {
		from = max(from, p.now().Confirmed)
	}
	until := from + afterDrop
	const line = "without the server"
	f.page.order("say %s", line)
	all(t, "play without the lost one", 30*time.Second, left, func(p *player) bool {
		return p.now().Confirmed >= until && hashedUntil(p) >= until-until%hashEvery
	})
	compare(t, left, until)
	all(t, "talk without the server", 20*time.Second, left, func(p *player) bool { return p.heard("Page", line) })
	for _, p := range left {
		for _, e := range p.now().Events {
			if strings.Contains(e, "desync") || strings.Contains(e, "Bot1 was lost") {
				t.Errorf("%s is told: %s", p.name, e)
			}
		}
	}
	f.picture(t, "-three")
}

// kill ends a program as a power cut would.
func kill(t *testing.T, p *process) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("%s has ended already: %v\n%s", p.name, p.err, &p.errors)
	default:
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
}

// end ends who is left, in order.
func (f *four) end(t *testing.T) {
	t.Helper()
	f.closePage(t)
	if f.page.err != nil {
		t.Errorf("the page: %s", f.page.last())
	}
	for _, p := range []*player{f.window, f.bots[0]} {
		if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Errorf("%s: %v", p.name, err)
		}
		late := time.NewTimer(20 * time.Second)
		select {
		case <-p.ended:
		case <-late.C:
			t.Errorf("after Ctrl-C it runs on: %s", p.last())
		}
		late.Stop()
	}
	select {
	case <-f.window.ended:
		if f.window.err != nil {
			t.Errorf("after Ctrl-C: %s", f.window.last())
		}
	default:
	}
}

// pairs asks the page between which addresses its connections go.
func (f *four) pairs(t *testing.T) []pair {
	t.Helper()
	f.page.order("pairs")
	var pairs []pair
	all(t, "answer of the browser", 20*time.Second, []*player{f.page}, func(p *player) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		pairs = p.pairs
		return len(pairs) > 0
	})
	t.Logf("the page's connections: %+v", pairs)
	if len(pairs) != 3 {
		t.Errorf("the page has %d connections; want one to each of the others", len(pairs))
	}
	return pairs
}

// picture takes pictures of window and page, for people to look at.
func (f *four) picture(t *testing.T, name string) {
	t.Helper()
	page := "four-" + f.venue.pictures + "page" + name + ".png"
	f.page.order("picture %s", page)
	shot := trim(readXWD(t, f.screen))
	save(t, shot, "four-"+f.venue.pictures+"window"+name+".png")
	if n := colors(shot); n < 300 {
		t.Errorf("the window's picture has %d colours; a match has hundreds", n)
	}
	all(t, "picture", 30*time.Second, []*player{f.page}, func(p *player) bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return slices.Contains(p.pictures, page)
	})
}

// trim cuts the black screen around a window off.
func trim(screen image.Image) image.Image {
	var window image.Rectangle
	b := screen.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, b, _ := screen.At(x, y).RGBA(); r|g|b != 0 {
				window = window.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return screen.(*image.RGBA).SubImage(window)
}

// hashedUntil returns the newest frame whose hash the player knows.
func hashedUntil(p *player) netcode.Frame {
	h := p.now().Hashes
	if len(h) == 0 {
		return 0
	}
	return h[len(h)-1].Frame
}

// compare wants the hash of every 60th frame from everybody, the same from all,
// and another for each frame.
func compare(t *testing.T, players []*player, until netcode.Frame) {
	t.Helper()
	var want map[netcode.Frame]string
	different := map[string]bool{}
	for _, p := range players {
		got := map[netcode.Frame]string{}
		for _, h := range p.now().Hashes {
			if before, twice := got[h.Frame]; twice {
				t.Errorf("%s tells of frame %d twice: %s, %s", p.name, h.Frame, before, h.Hash)
			}
			got[h.Frame] = h.Hash
		}
		maps.DeleteFunc(got, func(f netcode.Frame, _ string) bool { return f < hashEvery || f > until })
		if want == nil {
			want = got
		}
		for f := netcode.Frame(hashEvery); f <= until; f += hashEvery {
			if got[f] == "" || got[f] != want[f] {
				t.Errorf("frame %d has hash %q on %s, %q on %s", f, got[f], p.name, want[f], players[0].name)
			}
			different[got[f]] = true
		}
		if len(got) != int(until/hashEvery) {
			t.Errorf("%s has %d hashes until frame %d; want %d", p.name, len(got), until, until/hashEvery)
		}
	}
	if len(different) != int(until/hashEvery) {
		t.Errorf("%d different hashes in %d: the match stands still", len(different), until/hashEvery)
	}
	t.Logf("%d hashes are equal on %d players", len(want), len(players))
}

// checkPace wants frames as the clock gives them, neither faster nor much slower.
func (p *player) checkPace(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	first := p.samples[0]
	i := slices.IndexFunc(p.samples, func(s sample) bool { return s.frame >= fourFrames })
	if i < 0 {
		t.Errorf("%s: no line of the trace after frame %d", p.name, fourFrames)
		return
	}
	took := p.samples[i].at.Sub(first.at)
	rate := float64(p.samples[i].frame-first.frame) / took.Seconds()
	t.Logf("%s: %d frames in %v, %.2f per second", p.name, p.samples[i].frame-first.frame, took.Round(time.Millisecond), rate)
	if took > fourWithin || rate > 1.05*sim.FrameRate {
		t.Errorf("%s played %.2f frames per second for %v; want %d in less than %v", p.name, rate, took, sim.FrameRate, fourWithin)
	}
}

// checkMotion wants the own ship and the puck in many places.
func (p *player) checkMotion(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	span := func(of func(s sample) point) float64 {
		low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
		for _, s := range p.samples {
			at := of(s)
			low = point{min(low.X, at.X), min(low.Y, at.Y)}
			high = point{max(high.X, at.X), max(high.Y, at.Y)}
		}
		return min(high.X-low.X, high.Y-low.Y)
	}
	ship, puck := span(func(s sample) point { return s.ship }), span(func(s sample) point { return s.puck })
	if ship < 40 || puck < 40 {
		t.Errorf("%s: its ship moved over %.0f units, the puck over %.0f; want 40 at least each way", p.name, ship, puck)
	}
}
