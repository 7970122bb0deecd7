//go:build !js

package lobby_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestConfigErrors(t *testing.T) {
	good := lobby.Config{Server: "127.0.0.1:1", Game: "g", Key: key(1)}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*lobby.Config)
		is     error
		says   string
	}{
		"no server":   {func(c *lobby.Config) { c.Server = "" }, lobby.ErrNoServer, "lobbyd@latest"},
		"no game":     {func(c *lobby.Config) { c.Game = "" }, nil, "Config.Game is empty"},
		"long build":  {func(c *lobby.Config) { c.Build = strings.Repeat("x", 129) }, nil, "Config.Build"},
		"not UTF-8":   {func(c *lobby.Config) { c.Name = "\xff" }, nil, "Config.Name"},
		"seats":       {func(c *lobby.Config) { c.Seats = 9 }, nil, "1 to 8"},
		"auto start":  {func(c *lobby.Config) { c.Seats, c.AutoStart = 2, 3 }, nil, "Config.AutoStart"},
		"code":        {func(c *lobby.Config) { c.Room = "12" }, lobby.ErrWrongCode, `"12"`},
		"link":        {func(c *lobby.Config) { c.Room = "https://example.org/r/12" }, lobby.ErrWrongCode, "invite link"},
		"scheme":      {func(c *lobby.Config) { c.Server = "ftp://x" }, nil, "no ftp server"},
		"no host":     {func(c *lobby.Config) { c.Server = "ws://" }, nil, "no host"},
		"query":       {func(c *lobby.Config) { c.Server = "ws://x?y" }, nil, "more than"},
		"patience":    {func(c *lobby.Config) { c.ReachWithin = -1 }, nil, "ReachWithin"},
		"name of key": {func(c *lobby.Config) { c.KeyName = "../x" }, nil, "KeyName"},
	} {
		cfg := good
		tc.change(&cfg)
		r := join(t, cfg)
		err := r.Snapshot().Err
		if err == nil || tc.is != nil && !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v; want %q in it", name, err, tc.says)
		}
		if r.Do(lobby.Start{}) == nil || r.Snapshot().Phase != lobby.Over || r.Self().IsZero() || len(r.Sign(nil)) != 64 {
			t.Errorf("%s: the room is half alive", name)
		}
		if e, ok := find[lobby.Failed](&log{room: r}); !ok || !errors.Is(e.Err, err) {
			t.Errorf("%s: no event tells the error", name)
		}
	}
	// A link names its server, whatever page it leads to.
	for _, link := range []string{"http://127.0.0.1:1/r/ABC234", "https://game.example/p#room=abc234&server=127.0.0.1%3A1", "https://game.example/?room=ABC-234&server=ws%3A%2F%2Fx"} {
		cfg := lobby.Config{Game: "g", Room: link}
		if err := cfg.Validate(); err != nil {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestRefusedRooms(t *testing.T) {
	s := serve(t, rendezvous.Config{WrongCodes: 2})
	owner := s.player(0, "", func(c *lobby.Config) { c.Seats = 2 })
	code := in(t, owner)
	if err := ended(t, s.player(1, "AAAAAA")); !errors.Is(err, lobby.ErrWrongCode) {
		t.Errorf("wrong code: %v", err)
	}
	var mismatch *lobby.MismatchError
	err := ended(t, s.player(1, code, func(c *lobby.Config) { c.Build = "b2" }))
	if !errors.As(err, &mismatch) || *mismatch != (lobby.MismatchError{Field: "build", Ours: "b2", Theirs: "b1"}) {
		t.Errorf("another build: %v", err)
	}
	err = ended(t, s.player(1, code, func(c *lobby.Config) { c.Game = "chess/1" }))
	if !errors.As(err, &mismatch) || mismatch.Field != "game" {
		t.Errorf("another game: %v", err)
	}
	guest := s.player(1, code)
	in(t, guest)
	if err := ended(t, s.player(2, code)); !errors.Is(err, lobby.ErrRoomFull) {
		t.Errorf("full room: %v", err)
	}
	do(t, owner, lobby.Kick{Who: key(1).ID()})
	if err := ended(t, guest); !errors.Is(err, lobby.ErrKicked) {
		t.Errorf("kicked: %v", err)
	}
	if err := ended(t, s.player(1, code)); !errors.Is(err, lobby.ErrKicked) {
		t.Errorf("back after a kick: %v", err)
	}
	do(t, owner, lobby.Start{})
	until(t, "started", func() bool { return owner.Snapshot().Phase == lobby.Running })
	if err := ended(t, s.player(2, code)); !errors.Is(err, lobby.ErrAlreadyStarted) {
		t.Errorf("started: %v", err)
	}
	ended(t, s.player(2, "AAAAAA"))
	if err := ended(t, s.player(2, "AAAAAA")); !errors.Is(err, lobby.ErrThrottled) {
		t.Errorf("throttled: %v", err)
	}
	l := &log{room: owner}
	if e, ok := find[lobby.Left](l); !ok || e.Reason != lobby.LeftByKick || e.Name != "B" {
		t.Errorf("events %v", l.events)
	}
}

func TestRefusedCommandsComeBack(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	a := s.player(0, "")
	early := s.player(1, in(t, a))
	// Before the room is entered commands wait.
	do(t, early, lobby.TakeSeat{Seat: 0})
	do(t, early, lobby.SetName{Name: "Zoë"})
	until(t, "the name", func() bool { return member(a, key(1).ID()).Name == "Zoë" })
	l := &log{room: early}
	until(t, "the refusal", func() bool { _, ok := find[lobby.Refused](l); return ok })
	if e, _ := find[lobby.Refused](l); !errors.Is(e.Err, lobby.ErrSeatTaken) || e.Command != lobby.Command(lobby.TakeSeat{Seat: 0}) {
		t.Errorf("refused %v", e)
	}
	for _, tc := range []struct {
		c    lobby.Command
		want error
	}{
		{lobby.Start{}, lobby.ErrNotOwner},
		{lobby.TakeSeat{Seat: 8}, lobby.ErrNoSuchSeat},
		{lobby.Settings{Bytes: make([]byte, lobby.MaxSettings+1)}, lobby.ErrTooLarge},
	} {
		if err := early.Do(tc.c); !errors.Is(err, tc.want) {
			t.Errorf("Do(%T) = %v, want %v", tc.c, err, tc.want)
		}
	}
	if err := early.Do(nil); err == nil {
		t.Error("Do(nil) is accepted")
	}
}

func TestUnreachableServers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	mute, err := net.Listen("tcp", "127.0.0.1:0") // the system accepts, nobody answers
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	for name, server := range map[string]string{"nobody listens": addr, "not a lobby": web.URL, "mute": mute.Addr().String()} {
		r := join(t, lobby.Config{Server: server, Game: "g", Key: key(1), ReachWithin: 300 * time.Millisecond})
		err := ended(t, r)
		var unreachable *lobby.UnreachableError
		if !errors.Is(err, lobby.ErrUnreachable) || !errors.As(err, &unreachable) || !strings.Contains(err.Error(), strings.TrimPrefix(server, "http://")) {
			t.Errorf("%s: %v", name, err)
		}
		if err := r.Close(); !errors.Is(err, lobby.ErrUnreachable) {
			t.Errorf("%s: Close = %v", name, err)
		}
	}
	// It may come late.
	s := &service{t: t, addr: addr}
	t.Cleanup(s.stop)
	r := join(t, lobby.Config{Server: addr, Game: "g", Key: key(1)})
	during(t, 100*time.Millisecond, "the room is patient", func() bool { return r.Snapshot().Err == nil })
	s.start()
	in(t, r)
}

func TestCloseDoesNotWaitForAMuteServer(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	r := join(t, lobby.Config{Server: mute.Addr().String(), Game: "g", Key: key(1), ReachWithin: time.Minute})
	conn, err := mute.Accept() // so it is in the middle of it
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	start := time.Now()
	if err := r.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if took := time.Since(start); took > 2*time.Second { // 250 ms and what a busy machine adds
		t.Errorf("Close took %v", took)
	}
}

func TestServersThatTalkNonsense(t *testing.T) {
	for name, tc := range map[string]struct {
		say   [][]byte
		want  func(error) bool
		reach time.Duration
	}{
		"noise": {[][]byte{{1, 0, 3}}, func(err error) bool { return errors.Is(err, lobby.ErrUnreachable) }, 300 * time.Millisecond},
		// These end at once, for what the server says.
		"another version": {[][]byte{append([]byte{9, 9}, msg.Beat(1)[2:]...)}, func(err error) bool { return errors.Is(err, wire.ErrVersion) }, 2 * patience},
		"unknown refusal": {[][]byte{msg.Refused{Code: 200}.Message()}, func(err error) bool { return !errors.Is(err, lobby.ErrUnreachable) }, 2 * patience},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ws, err := websocket.Accept(w, r, nil)
				if err != nil {
					return
				}
				defer ws.CloseNow()
				for _, b := range tc.say {
					ws.Write(r.Context(), websocket.MessageBinary, b)
				}
				ws.Read(r.Context())
			}))
			defer web.Close()
			r := join(t, lobby.Config{Server: web.URL, Game: "g", Key: key(1), ReachWithin: tc.reach})
			if err := ended(t, r); !tc.want(err) {
				t.Errorf("%v", err)
			}
			r.Close()
		})
	}
}

// proxy passes TCP connections on until it is cut.
type proxy struct {
	l     net.Listener
	to    string
	mu    sync.Mutex
	conns []net.Conn
	wg    sync.WaitGroup
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, to: to}
	p.wg.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, in, out)
			p.mu.Unlock()
			p.wg.Go(func() { io.Copy(in, out); in.Close() })
			p.wg.Go(func() { io.Copy(out, in); out.Close() })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.cut()
		p.wg.Wait()
	})
	return p
}

// cut ends all connections without a word of the WebSocket.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func TestReconnectKeepsTheSeat(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	p := newProxy(t, s.addr)
	a := s.player(0, "")
	b := s.player(1, in(t, a), func(c *lobby.Config) { c.Server = p.l.Addr().String() })
	in(t, b)
	do(t, b, lobby.TakeSeat{Seat: 6})
	do(t, b, lobby.Ready{Ready: true})
	until(t, "seat 6", func() bool { m := member(a, key(1).ID()); return m.Seat == 6 && m.Ready })
	la, lb := &log{room: a}, &log{room: b}
	p.cut()
	until(t, "lost and back", func() bool {
		_, lost := find[lobby.ServerLost](lb)
		_, back := find[lobby.ServerBack](lb)
		_, away := find[lobby.Away](la)
		_, here := find[lobby.Back](la)
		return lost && back && away && here
	})
	if m := member(a, key(1).ID()); m.Seat != 6 || !m.Ready || !m.Online {
		t.Errorf("after the cut: %+v", m)
	}
	if _, left := find[lobby.Left](la); left {
		t.Errorf("events %v", la.events)
	}
}

func TestServerDiesAndComesBack(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	a := s.player(0, "", func(c *lobby.Config) { c.AutoStart = 2 })
	code := in(t, a)
	b := s.player(1, code)
	rooms := []*lobby.Room{a, b}
	for _, r := range rooms {
		until(t, "the match", func() bool { _, ok := r.Match(); return ok })
	}
	match, _ := a.Match()
	id := a.RoomID()
	meshes := meshes(a, b)
	a.Attach(meshes[0])
	b.Attach(meshes[1])
	meshes[0].link(meshes[1])
	s.stop() // and with it the room: its store is memory
	for _, r := range rooms {
		until(t, "the loss is noticed", func() bool { return !r.Snapshot().Reachable })
	}
	heard := make(chan string, 1)
	b.Bind(peer.Chat, func(from peer.ID, m []byte) { heard <- string(m) })
	for _, r := range rooms {
		if m, ok := r.Match(); !ok || m.ID != match.ID || len(r.Members()) != 2 || r.Snapshot().Phase != lobby.Running {
			t.Errorf("without a server: match %v, snapshot %+v", ok, r.Snapshot())
		}
		if err := r.Do(lobby.Ready{}); !errors.Is(err, lobby.ErrServerLost) {
			t.Errorf("Do without a server: %v", err)
		}
	}
	if err := a.Send(key(1).ID(), peer.Chat, []byte("still here")); err != nil {
		t.Errorf("by the mesh: %v", err)
	}
	if got := <-heard; got != "still here" {
		t.Errorf("heard %q", got)
	}
	s.start()
	for _, r := range rooms {
		until(t, "the server is back", func() bool { return r.Snapshot().Reachable })
		if r.RoomID() != id || r.Snapshot().Code != code {
			t.Errorf("another room: %v", r.Snapshot())
		}
	}
	until(t, "both are back", func() bool { return member(a, key(1).ID()).Online && member(b, key(0).ID()).Online })
	for _, r := range rooms {
		l := &log{room: r}
		if m, _ := r.Match(); m.ID != match.ID || count[lobby.Started](l) != 1 || count[lobby.ServerLost](l) != 1 || count[lobby.ServerBack](l) != 1 || count[lobby.Left](l) != 0 {
			t.Errorf("match %x, events %v", m.ID, l.events)
		}
	}
	if o := a.Snapshot().Owner; o != key(0).ID() {
		t.Errorf("the owner is %v", o)
	}
}

func TestOwnerLeavesAndRoomMovesOn(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	a := s.player(0, "")
	code := in(t, a)
	b := s.player(1, code)
	in(t, b)
	until(t, "two", func() bool { return len(a.Members()) == 2 })
	if err := a.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	l := &log{room: b}
	until(t, "b owns the room", func() bool { return b.Snapshot().Owner == key(1).ID() })
	if e, ok := find[lobby.Left](l); !ok || e.Reason != lobby.LeftByChoice {
		t.Errorf("events %v", l.events)
	}
	if _, ok := find[lobby.RoleChanged](l); !ok {
		t.Errorf("events %v", l.events)
	}
	if s := a.Snapshot(); !errors.Is(s.Err, lobby.ErrLeft) || s.Phase != lobby.Over {
		t.Errorf("the room that was left: %+v", s)
	}
	if err := a.Do(lobby.Ready{}); !errors.Is(err, lobby.ErrLeft) {
		t.Errorf("Do after Close: %v", err)
	}
	do(t, b, lobby.Settings{Bytes: []byte("mine")})
	b.Close()
	until(t, "the empty room is gone", func() bool { return s.srv.Health().Rooms == 0 })
}

func TestOneKeyTwiceDoesNotFight(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	first := s.player(0, "")
	code := in(t, first)
	second := s.player(0, code)
	in(t, second)
	if err := ended(t, first); !errors.Is(err, lobby.ErrReplaced) {
		t.Errorf("the first: %v", err)
	}
	during(t, 300*time.Millisecond, "the second stays", func() bool { return second.Snapshot().Reachable })
	if n := len(second.Members()); n != 1 {
		t.Errorf("%d members", n)
	}
}

func TestTwoInstancesOnOneMachine(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	cfg := s.config()
	cfg.KeyDir = t.TempDir()
	a := join(t, cfg)
	cfg.Room = in(t, a)
	b := join(t, cfg)
	in(t, b)
	if a.Self() == b.Self() {
		t.Fatal("two instances are one player")
	}
	until(t, "both are there", func() bool { return len(a.Members()) == 2 })
	during(t, 300*time.Millisecond, "nobody is evicted", func() bool {
		return a.Snapshot().Err == nil && b.Snapshot().Err == nil && len(a.Members()) == 2 && len(b.Members()) == 2
	})
	first := a.Self()
	a.Close()
	b.Close()
	cfg.Room = ""
	if again := join(t, cfg); again.Self() != first {
		t.Error("the stored key is not taken up again")
	}
}
