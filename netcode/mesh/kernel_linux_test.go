package mesh

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab/kernel"
)

// The suite on the real kernel: players are processes of their own, each in a
// network namespace behind nft's NAT. Their letters go by pipes through the test,
// everything else by the kernel.

// kernelPath is the way to one other player, as a player's process tells it.
type kernelPath struct {
	Linked, Direct bool
	RelayedBy      int // a player's number; -1 is nobody
	Local, Remote  string
	Heard          int // moves messages
}

// kind names the path in one word.
func (p kernelPath) kind() string {
	switch {
	case !p.Linked:
		return "none"
	case p.RelayedBy >= 0:
		return "peer"
	case p.Direct:
		return "direct"
	case p.Local == RelayAddress.String() || p.Remote == RelayAddress.String():
		return "turn"
	}
	return "unknown"
}

// kernelTown is players at the sites of a town.
type kernelTown struct {
	t       *testing.T
	town    *kernel.Town
	players []*kernelPlayer
	all     chan struct{} // closed when players is complete
}

// kernelPlayer is one of them, as seen by the test.
type kernelPlayer struct {
	cmd  *exec.Cmd
	in   *json.Encoder
	pipe interface{ Close() error }
	done chan struct{}
	said strings.Builder

	sending sync.Mutex
	mu      sync.Mutex
	paths   map[int]kernelPath
	fresh   time.Time // when a report came
}

// inKernelTown starts a player at a site of each kind. turn gives them accounts
// of a TURN server.
func inKernelTown(t *testing.T, turn bool, kinds ...kernel.Kind) *kernelTown {
	t.Helper()
	return inKernelTownWith(t, turn, func(*kernel.Town) {}, kinds...)
}

// inKernelTownWith has prepare change the town before anybody plays.
func inKernelTownWith(t *testing.T, turn bool, prepare func(*kernel.Town), kinds ...kernel.Kind) *kernelTown {
	t.Helper()
	if err := kernel.Check(); err != nil {
		t.Skip(err)
	}
	town, err := kernel.NewTown(kinds...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(town.Close)
	k := &kernelTown{t: t, town: town, all: make(chan struct{})}
	prepare(town)
	k.serve()
	for i, s := range town.Sites {
		urls := []string{fmt.Sprintf("stun:%v:3478", kernel.Server), fmt.Sprintf("stun:%v:3478", kernel.Server2)}
		if turn {
			c := stunturn.Mint([]byte(kernelSecret), fmt.Sprint("player", i), time.Now().Add(time.Hour))
			urls = append(urls, fmt.Sprintf("turn:%s:%s@%v:3478?transport=udp", strings.ReplaceAll(c.User, ":", "%3A"), c.Password, kernel.Server))
		}
		k.players = append(k.players, k.start(s.Host, i, len(kinds), urls))
	}
	close(k.all)
	return k
}

// self is a command that runs this test's binary as one of the programs of
// kernelchild_linux_test.go.
func (k *kernelTown) self(h *kernel.Host, args ...string) *exec.Cmd {
	k.t.Helper()
	self, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	cmd := h.Command(self, append([]string{kernelFlag}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// serve runs STUN and TURN in the internet.
func (k *kernelTown) serve() {
	k.t.Helper()
	cmd := k.self(k.town.Internet, "serve")
	in, err := cmd.StdinPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			k.t.Errorf("the server: %v", err)
		}
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "up\n" {
		k.t.Fatalf("the server says %q, %v", line, err)
	}
}

// start runs a player.
func (k *kernelTown) start(h *kernel.Host, number, all int, urls []string) *kernelPlayer {
	k.t.Helper()
	p := &kernelPlayer{cmd: k.self(h, append([]string{"play", strconv.Itoa(number), strconv.Itoa(all)}, urls...)...), done: make(chan struct{}), paths: map[int]kernelPath{}}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	p.in, p.pipe, p.cmd.Stderr = json.NewEncoder(in), in, &p.said
	if err := p.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		select {
		case <-k.all:
		case <-k.t.Context().Done(): // another one did not start
		}
		k.follow(p, number, json.NewDecoder(out))
	}()
	k.t.Cleanup(func() {
		_ = in.Close() // it ends
		<-p.done
		if err := p.cmd.Wait(); err != nil {
			k.t.Errorf("player %d: %v\n%s", number, err, &p.said)
		}
	})
	return p
}

// follow reads what a player tells, and delivers its letters.
func (k *kernelTown) follow(p *kernelPlayer, number int, from *json.Decoder) {
	for {
		var m kernelMessage
		if from.Decode(&m) != nil {
			return
		}
		if m.Paths != nil {
			p.mu.Lock()
			p.paths, p.fresh = m.Paths, time.Now()
			p.mu.Unlock()
			continue
		}
		to := k.players[m.Who]
		to.sending.Lock()
		_ = to.in.Encode(kernelMessage{Who: number, Letter: m.Letter}) // it may have ended
		to.sending.Unlock()
	}
}

func (p *kernelPlayer) path(to int) kernelPath {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paths[to]
}

// await waits until both ends of each pair have the path that is wanted, and hear
// each other by it.
func (k *kernelTown) await(want func(a, b kernel.Kind) string) {
	k.t.Helper()
	begun := time.Now()
	wrong := func() (list []string) {
		for i, p := range k.players {
			for j := range k.players {
				if i == j {
					continue
				}
				w, got := want(k.town.Sites[i].Kind, k.town.Sites[j].Kind), p.path(j)
				if got.kind() != w || w != "none" && got.Heard < 20 {
					list = append(list, fmt.Sprintf("%d (%s) to %d (%s): %+v, want %s", i, k.town.Sites[i].Kind, j, k.town.Sites[j].Kind, got, w))
				}
			}
		}
		return list
	}
	for len(wrong()) > 0 {
		if time.Since(begun) > patience {
			k.t.Fatalf("not within %v:\n%s", patience, strings.Join(wrong(), "\n"))
		}
		time.Sleep(5 * time.Millisecond)
	}
	k.t.Logf("all paths as expected after %v", time.Since(begun).Round(time.Millisecond))
}

// TestKernelPairs is row 13: each pair of sites with the kernel's own NAT, STUN
// and a TURN server, and the path that it must get.
func TestKernelPairs(t *testing.T) {
	for _, tc := range []struct {
		a, b kernel.Kind
		want string
	}{
		{kernel.Open, kernel.Open, "direct"},
		{kernel.Open, kernel.Cone, "direct"},
		{kernel.Open, kernel.Random, "direct"},
		{kernel.Cone, kernel.Cone, "direct"},
		{kernel.Cone, kernel.Random, "turn"},
		{kernel.Random, kernel.Random, "turn"},
	} {
		t.Run(fmt.Sprintf("%s-%s", tc.a, tc.b), func(t *testing.T) {
			k := inKernelTown(t, true, tc.a, tc.b)
			k.await(func(kernel.Kind, kernel.Kind) string { return tc.want })
			for i, s := range k.town.Sites {
				if s.Router == nil {
					continue
				}
				c, err := s.Counted()
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("site %d: %+v", i, c)
				// The kernel is the witness: packets came from the other site, or none did.
				if tc.want == "direct" && c.Across < 20 || tc.want == "turn" && (c.Across > 0 || c.Served < 20) || c.Stray > 0 {
					t.Errorf("the router of site %d let in %+v, %s", i, c, tc.want)
				}
			}
		})
	}
}

// TestKernelMesh: six players without a TURN server. Whoever cannot reach each
// other play through one who reaches both.
func TestKernelMesh(t *testing.T) {
	k := inKernelTown(t, false, kernel.Open, kernel.Open, kernel.Cone, kernel.Cone, kernel.Random, kernel.Random)
	k.await(func(a, b kernel.Kind) string {
		if a == kernel.Open || b == kernel.Open || a == kernel.Cone && b == kernel.Cone {
			return "direct"
		}
		return "peer"
	})
}

// TestKernelOpenPort: a router that opens a port for its player lets in even
// somebody whose own NAT nobody can predict.
func TestKernelOpenPort(t *testing.T) {
	if err := kernel.CheckPorts(); err != nil {
		t.Skip(err)
	}
	for name, ways := range map[string][]string{"UPnP": {kernel.UPnP}, "NAT-PMP": {kernel.NATPMP}} {
		for _, other := range []kernel.Kind{kernel.Cone, kernel.Random} {
			t.Run(fmt.Sprintf("%s and %s", name, other), func(t *testing.T) {
				k := inKernelTownWith(t, false, func(town *kernel.Town) {
					server, err := town.Sites[0].ServePorts(ways...)
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(server.Close)
				}, kernel.Random, other)
				k.await(func(kernel.Kind, kernel.Kind) string { return "direct" })
			})
		}
	}
}

// TestKernelWithoutHelp is the premise of the others: two players behind random
// ports have no way to each other without help.
func TestKernelWithoutHelp(t *testing.T) {
	k := inKernelTown(t, false, kernel.Random, kernel.Random)
	told := func(p *kernelPlayer) time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.fresh
	}
	for _, p := range k.players {
		eventually(t, "a report", func() bool { return !told(p).IsZero() })
	}
	time.Sleep(3 * time.Second)
	since := time.Now()
	for i, p := range k.players {
		eventually(t, "another report", func() bool { return told(p).After(since) })
		if got := p.path(1 - i); got.kind() != "none" {
			t.Errorf("player %d: %+v; want no path", i, got)
		}
	}
}
