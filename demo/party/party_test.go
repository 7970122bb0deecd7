//go:build !js

package party

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/chat"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/mesh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestInvitation(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{" ab2-cd3 ", "ab2-cd3"},
		{"AB2 CD3", "AB2 CD3"},
		{"http://10.0.0.5:7420/r/AB2CD3", "http://10.0.0.5:7420/r/AB2CD3"},
		{"10.0.0.5:7420/r/AB2CD3", "http://10.0.0.5:7420/r/AB2CD3"},
		{"10.0.0.5:7420/AB2CD3", "http://10.0.0.5:7420/r/AB2CD3"},
		{"10.0.0.5:7420 ab2cd3\n", "http://10.0.0.5:7420/r/ab2cd3"},
		{"localhost AB2CD3", "http://localhost/r/AB2CD3"},
		{"https://play.example.org/#room=AB2CD3", "https://play.example.org/#room=AB2CD3"},
		{"", ""},
	} {
		if got := Invitation(c.typed); got != c.want {
			t.Errorf("Invitation(%q) = %q; want %q", c.typed, got, c.want)
		}
	}
	for invitation, want := range map[string]bool{
		"AB2CD3": false, "http://a/r/AB2CD3": true, "https://a/#room=AB2CD3": false, "https://a/#room=AB2CD3&server=b": true,
	} {
		if got := namesServer(invitation); got != want {
			t.Errorf("namesServer(%q) = %v", invitation, got)
		}
	}
}

func TestSentencesAreForPlayers(t *testing.T) {
	for err, want := range map[error]string{
		lobby.ErrWrongCode:    "ask for it again",
		lobby.ErrRoomFull:     "full",
		lobby.ErrNoServer:     "-server",
		chat.ErrTooFast:       "wait",
		netcode.ErrCutOff:     "without you",
		errors.New("chat: x"): "x",
		&lobby.UnreachableError{Server: "ws://10.0.0.5:7420", Err: errors.New("refused")}:    "answers at 10.0.0.5:7420",
		&lobby.UnreachableError{Server: "ws://10.0.0.5:7420", Member: mesh.ErrInviteExpired}: "the invitation has expired: ask",
		&lobby.MismatchError{Field: "build", Ours: "1", Theirs: "2"}:                         "plays version 2, this is 1",
		&lobby.MismatchError{Field: "game", Ours: "1", Theirs: "2"}:                          "another game",
	} {
		got := Sentence(err)
		if !strings.Contains(got, want) || strings.Contains(got, "lobby:") || strings.Contains(got, "chat:") {
			t.Errorf("%v becomes %q; want %q in it and no package", err, got, want)
		}
	}
}

func TestRecordKeepsTheLastHashOfAFrame(t *testing.T) {
	var r recorded
	take := func(frames ...uint32) {
		for _, f := range frames {
			r.unsure = append(r.unsure, Hash{netcode.Frame(f), uint64(f)})
		}
	}
	take(60, 120)
	r.settle(60)
	r.settle(60)
	if len(r.sure) != 1 || r.sure[0].Frame != 60 || len(r.unsure) != 1 {
		t.Fatalf("sure %v, unsure %v", r.sure, r.unsure)
	}
	r.Hash() // a rollback far back: what was predicted is void
	if len(r.unsure) != 1 || r.unsure[0].Frame != 0 {
		t.Errorf("after a rollback %v is left", r.unsure)
	}
}

// company is a lobby server and players in one process.
type company struct {
	t       *testing.T
	server  string
	kill    func() // ends the server
	members []*Party
	news    map[*Party][]string
}

func newCompany(t *testing.T) *company {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	srv, err := rendezvous.New(rendezvous.Config{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: srv}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
	c := &company{t: t, server: l.Addr().String(), news: map[*Party][]string{}}
	c.kill = sync.OnceFunc(func() {
		_ = server.Close()
		_ = srv.Close()
		<-ended
	})
	t.Cleanup(func() {
		for _, p := range c.members {
			p.Close()
		}
		c.kill()
	})
	return c
}

func (c *company) join(name, room string) *Party {
	p := Join(Config{Server: c.server, Room: room, Name: name, Loopback: true, Ready: room != ""})
	c.members = append(c.members, p)
	return p
}

// until updates everybody until cond holds.
func (c *company) until(what string, cond func() bool) {
	c.t.Helper()
	deadline := time.After(30 * time.Second)
	beat := time.NewTicker(4 * time.Millisecond)
	defer beat.Stop()
	for !cond() {
		select {
		case <-beat.C:
		case <-deadline:
			c.t.Fatalf("waited for %s; news: %v", what, c.news)
		}
		for _, p := range c.members {
			if p.closed {
				continue
			}
			k := sim.Keys{}
			if m := p.Playing(); m != nil {
				k = sim.Bot(m.World, m.Seat())
			}
			p.Update(k)
			for _, n := range p.News() {
				c.news[p] = append(c.news[p], n.Text)
			}
		}
	}
}

func (c *company) told(p *Party, text string) func() bool {
	return func() bool { return strings.Contains(strings.Join(c.news[p], "\n"), text) }
}

// TestTwoMatchesWithTalk goes the way of an evening: room, match, back to the
// room, another match, somebody leaves in the middle.
func TestTwoMatchesWithTalk(t *testing.T) {
	if testing.Short() {
		t.Skip("plays for some seconds: not under -short")
	}
	c := newCompany(t)
	ann := c.join("Ann", "")
	c.until("the room", func() bool { return ann.View().Code != "" })
	bo := c.join("Bo", ann.View().Link)
	c.until("company", func() bool { return ann.View().Obstacle == "" && len(ann.View().Members) == 2 })
	c.until("the link seen from the other end", func() bool { return len(bo.View().Members) == 2 && bo.View().Members[0].Way == Direct })
	if v := bo.View(); v.Members[0].Way != Direct || v.Owner() || !v.Ready() || v.Members[0].ID == v.Members[1].ID {
		t.Errorf("Bo sees %+v", v)
	}
	bo.Say("hello")
	ann.Start()
	running := func(hashes int) func() bool {
		return func() bool {
			a, b := ann.Playing(), bo.Playing()
			return a != nil && b != nil && len(a.Hashes()) >= hashes && len(b.Hashes()) >= hashes
		}
	}
	c.until("the match", running(3))
	first := ann.Playing().ID()
	sameHashes(t, ann.Playing().Hashes(), bo.Playing().Hashes())
	bo.Say("nice")
	c.until("talk", func() bool { return len(ann.Lines()) == 2 && len(bo.Lines()) == 2 })
	if line := ann.Lines()[1]; line.Name != "Bo" || line.Text != "nice" || line.Seat != 1 || line.Own {
		t.Errorf("Ann heard %+v", line)
	}
	if names := ann.Names(); names != [Seats]string{"Ann", "Bo"} {
		t.Errorf("names are %q", names)
	}

	ann.Reopen()
	c.until("back in the room", func() bool { return ann.Playing() == nil && bo.Playing() == nil && bo.View().Ready() })
	ann.Start()
	c.until("the second match", running(2))
	if ann.Playing().ID() == first || bo.Playing().ID() == first {
		t.Error("the second match is the first one again")
	}
	sameHashes(t, ann.Playing().Hashes(), bo.Playing().Hashes())

	bo.Close()
	c.until("news of Bo", c.told(ann, "Bo left; a bot flies on"))
	at := ann.Playing().Stats().Confirmed
	c.until("the match without Bo", func() bool { return ann.Playing().Stats().Confirmed > at+60 })
	if !ann.Playing().World.Ship(1).Bot {
		t.Error("no bot flies Bo's ship")
	}
}

func sameHashes(t *testing.T, a, b []Hash) {
	t.Helper()
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] || a[i].Frame != netcode.Frame(60*(i+1)) {
			t.Errorf("hash %d: %+v and %+v", i, a[i], b[i])
		}
	}
}

func TestWrongCodeIsTold(t *testing.T) {
	c := newCompany(t)
	p := c.join("Ann", "AAAAAA")
	c.until("the error", func() bool { return p.View().Err != nil })
	if err := p.View().Err; !errors.Is(err, lobby.ErrWrongCode) {
		t.Errorf("it ended with %v", err)
	}
}

// TestLinkWithoutServer: the server died with the one who hosted it, and a friend
// comes in by another player's link: all see it, and they talk.
func TestLinkWithoutServer(t *testing.T) {
	c := newCompany(t)
	a := c.join("Ann", "")
	c.until("a room", func() bool { return a.View().Code != "" })
	b := c.join("Bo", a.View().Code)
	c.until("linked", func() bool {
		v := b.View()
		return len(v.Members) == 2 && v.Members[0].Way == Direct
	})
	link := b.View().Link
	if Short(link) == link || !strings.HasSuffix(Short(link), "/r/"+a.View().Code) {
		t.Fatalf("the link is %q, short %q", link, Short(link))
	}
	c.kill()
	c.until("the server is lost", func() bool { return !a.View().Reachable && !b.View().Reachable })
	guest := c.join("Cy", link)
	c.until("all see it", func() bool {
		for _, p := range c.members {
			v := p.View()
			if len(v.Members) != 3 || v.Members[2].Name != "Cy" || !v.Members[2].Guest || v.Members[2].Away || p != guest && v.Members[2].Way != Direct {
				return false
			}
		}
		return guest.View().Guest() && !a.View().Guest()
	})
	guest.Say("hello")
	c.until("they hear it", func() bool { return len(a.Lines()) == 1 && len(b.Lines()) == 1 })
	if said := a.Lines()[0]; said.Name != "Cy" || said.Text != "hello" {
		t.Errorf("%+v", said)
	}
}
