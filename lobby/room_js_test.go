package lobby_test

import (
	"os"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestPageEntersRoom is the page's half of TestPageAndWindow, which starts a
// server and runs it.
func TestPageEntersRoom(t *testing.T) {
	link := os.Getenv("TUTTI_TEST_ROOM")
	if link == "" {
		t.Skip("TestPageAndWindow runs this with a server")
	}
	r := lobby.Join(lobby.Config{Room: link, Game: "pong/1", Build: "b1", Name: "page"})
	defer r.Close()
	wait := func(what string, cond func() bool) {
		deadline := time.After(20 * time.Second)
		for tick := time.Tick(5 * time.Millisecond); !cond(); {
			select {
			case <-tick:
			case <-deadline:
				t.Fatalf("waited for: %s; the room is %+v", what, r.Snapshot())
			}
		}
	}
	heard := make(chan string, 1)
	r.Bind(peer.Chat, func(from peer.ID, b []byte) { heard <- string(b) })
	wait("the match", func() bool { _, ok := r.Match(); return ok })
	m, _ := r.Match()
	other := m.Seats[0]
	if err := r.Send(other, peer.Chat, append([]byte("match "), m.ID[:]...)); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; len(got) != peer.MaxMessage {
		t.Fatalf("heard %d bytes", len(got))
	}
	if err := r.Send(other, peer.Chat, []byte("heard")); err != nil {
		t.Fatal(err)
	}
	wait("the server dies and comes back", func() bool {
		for e := range r.Events() {
			t.Log(e)
			if _, ok := e.(lobby.ServerBack); ok {
				return true
			}
		}
		return false
	})
	wrong := lobby.Join(lobby.Config{Room: link, Game: "chess/1"})
	defer wrong.Close()
	wait("a room of another game is refused", func() bool { _, ok := wrong.Snapshot().Err.(*lobby.MismatchError); return ok })
	nobody := lobby.Join(lobby.Config{Server: "127.0.0.1:1", Game: "pong/1", ReachWithin: 300 * time.Millisecond})
	defer nobody.Close()
	wait("nobody answers", func() bool { _, ok := nobody.Snapshot().Err.(*lobby.UnreachableError); return ok })
	t.Log(nobody.Snapshot().Err)
}
