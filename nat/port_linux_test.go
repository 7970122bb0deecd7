package nat_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab/kernel"
)

// portFlag makes the test's own binary the program of a player: see openPort.
const portFlag = "-nat.openport"

// askFlag makes it one that asks the router and tells what it says.
const askFlag = "-nat.askrouter"

// The package's TestMain is not ours, so the program takes over before it.
func init() {
	if len(os.Args) < 2 {
		return
	}
	switch os.Args[1] {
	case portFlag:
		openPort()
	case askFlag:
		ctx, cancel := context.WithTimeout(context.Background(), nat.MaxTime)
		defer cancel()
		_ = json.NewEncoder(os.Stdout).Encode(nat.AskRouter(ctx))
	default:
		return
	}
	os.Exit(0)
}

// portState is what that program tells, once and whenever something changes.
type portState struct {
	External netip.AddrPort
	Via, Err string
	Heard    string // what came in by the port
}

// openPort opens a port until its input ends.
func openPort() {
	socket, err := net.ListenUDP("udp4", nil)
	if err != nil {
		panic(err)
	}
	level := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p := nat.OpenPort(nat.PortConfig{InternalPort: uint16(socket.LocalAddr().(*net.UDPAddr).Port), Log: level})
	end := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(end)
	}()
	heard := make(chan string, 9)
	go func() {
		b := make([]byte, 100)
		for {
			n, _, err := socket.ReadFrom(b)
			if err != nil {
				return
			}
			heard <- string(b[:n])
		}
	}()
	var last portState
	tell := json.NewEncoder(os.Stdout)
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		now := portState{Via: p.Via(), Heard: last.Heard}
		now.External, _ = p.External()
		if err := p.Err(); err != nil {
			now.Err = err.Error()
		}
		if now != last {
			last = now
			_ = tell.Encode(now)
		}
		select {
		case <-end:
			begun := time.Now()
			p.Close()
			fmt.Fprintln(os.Stderr, "closed after", time.Since(begun))
			<-p.Stop() // all of it
			fmt.Fprintln(os.Stderr, "the router was told after", time.Since(begun))
			return
		case last.Heard = <-heard:
			now = last
			_ = tell.Encode(now)
		case <-tick.C:
		}
	}
}

// tenant is that program at a site.
type tenant struct {
	t     *testing.T
	in    io.Closer
	lines *bufio.Scanner
	wait  func() error
	said  *said
}

// said is what a program says while it runs.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func startTenant(t *testing.T, s *kernel.Site) *tenant {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := s.Host.Command(self, portFlag)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &tenant{t: t, in: in, lines: bufio.NewScanner(out), wait: cmd.Wait, said: &said{}}
	cmd.Stderr = p.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Process.Kill() // in case it still runs
	})
	return p
}

// next waits until the program's state is one that was wanted.
func (p *tenant) next(want func(portState) bool) portState {
	p.t.Helper()
	for p.lines.Scan() {
		var s portState
		if err := json.Unmarshal(p.lines.Bytes(), &s); err != nil {
			p.t.Fatal(err)
		}
		if want(s) {
			return s
		}
	}
	p.t.Fatal("the program has ended")
	return portState{}
}

func (p *tenant) end() {
	p.t.Helper()
	p.in.Close()
	for p.lines.Scan() {
	}
	if err := p.wait(); err != nil {
		p.t.Errorf("%v: %s", err, p.said)
	}
}

// TestOpenPort asks Debian's miniupnpd behind nft's NAT, in both of its ways: a
// stranger comes in by the port as long as it is open, and before and after not.
func TestOpenPort(t *testing.T) {
	if err := kernel.CheckPorts(); err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct {
		name, via string
		ways      []string
	}{
		{"NAT-PMP", "NAT-PMP", []string{kernel.NATPMP}},
		{"UPnP", "UPnP", []string{kernel.UPnP}},
		{"both", "NAT-PMP", []string{kernel.UPnP, kernel.NATPMP}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			town, err := kernel.NewTown(kernel.Cone, kernel.Open)
			if err != nil {
				t.Fatal(err)
			}
			defer town.Close()
			home, stranger := town.Sites[0], town.Sites[1]
			server, err := home.ServePorts(tc.ways...)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			var p *tenant
			var now portState
			for range 5 { // a busy machine answers too late by NAT-PMP
				begun := time.Now()
				p = startTenant(t, home)
				now = p.next(func(s portState) bool { return s.External.IsValid() || s.Err != "" })
				t.Logf("after %v: %+v", time.Since(begun).Round(time.Millisecond), now)
				if now.Via == tc.via && now.Err == "" {
					break
				}
				p.end()
			}
			if now.Via != tc.via || now.External.Addr() != server.Public || now.Err != "" {
				t.Fatalf("%+v; want %v by %s\n%s\n%s", now, server.Public, tc.via, p.said, server.Log())
			}
			knock := func(word string) {
				t.Helper()
				line := fmt.Sprintf("printf %s > /dev/udp/%v/%d", word, now.External.Addr(), now.External.Port())
				if out, err := stranger.Host.Command("bash", "-c", line).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			knock("hello")
			if got := p.next(func(s portState) bool { return s.Heard != "" }); got.Heard != "hello" {
				t.Errorf("%+v", got)
			}
			rules := func() string {
				t.Helper()
				out, err := home.Router.Run("nft list table inet ports")
				if err != nil {
					t.Fatal(err)
				}
				return out
			}
			leads := fmt.Sprintf("th dport %d dnat", now.External.Port())
			if out := rules(); !strings.Contains(out, leads) {
				t.Errorf("no rule for port %d: %s", now.External.Port(), out)
			}
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			want := nat.Router{Asked: true, Maps: true, External: server.Public}
			var told nat.Router
			for try := 0; try < 5 && told != want; try++ {
				if out, err := home.Host.Command(self, askFlag).Output(); err != nil || json.Unmarshal(out, &told) != nil {
					t.Errorf("%s, %v", out, err)
				}
			}
			if told != want {
				t.Errorf("the router says %+v; want %+v", told, want)
			}
			// A router on a busy machine closes a port when it gets to it.
			eventually := func(good func(out string) bool) (out string, ok bool) {
				for late := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
					if out = rules(); good(out) || time.Now().After(late) {
						return out, good(out)
					}
				}
			}
			if out, ok := eventually(func(out string) bool { return strings.Count(out, " dnat ") == 1 }); !ok {
				t.Errorf("after AskRouter: %s", out)
			}
			p.end()
			if out, ok := eventually(func(out string) bool { return !strings.Contains(out, leads) }); !ok {
				t.Errorf("port %d is still open: %s\n%s", now.External.Port(), out, p.said)
			}
		})
	}
}

// TestNoRouterOpensPorts: the reason is told within the time that is promised.
func TestNoRouterOpensPorts(t *testing.T) {
	if err := kernel.Check(); err != nil {
		t.Skip(err)
	}
	town, err := kernel.NewTown(kernel.Cone)
	if err != nil {
		t.Fatal(err)
	}
	defer town.Close()
	begun := time.Now()
	p := startTenant(t, town.Sites[0])
	now := p.next(func(s portState) bool { return s.External.IsValid() || s.Err != "" })
	if took := time.Since(begun); now.Err != nat.ErrNoMapping.Error() || took > 20*time.Second { // 5 s, and a busy machine
		t.Errorf("after %v: %+v\n%s", took, now, p.said)
	}
	p.end()
}
