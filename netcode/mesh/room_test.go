//go:build !js

package mesh

import (
	"bytes"
	"sync"
	"testing"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestCandidatesThatOvertakeTheAnswerWait delivers an address before every answer
// (W19).
func TestCandidatesThatOvertakeTheAnswerWait(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	var mu sync.Mutex
	overtaken := 0
	h.setTap(func(from, to peer.ID, text []byte) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		l, err := letter.Parse(text)
		switch {
		case err != nil || from != keys[1].ID():
		case l.Kind == letter.Answer:
			overtaken++
			c := letter.Letter{Kind: letter.Address, From: l.From, To: l.To, Nonce: l.Echo, Ufrag: l.Ufrag}
			c.Candidate = letter.Candidate{Text: "candidate:1 1 udp 2130706431 127.0.0.1 9 typ host", Mid: "0"}
			copy(c.Sig[:], keys[1].Sign(c.Canonical("room-1", from, to)))
			return [][]byte{c.Append(nil), text}
		}
		return [][]byte{text}
	})
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	l := a.link(b.Self())
	l.mu.Lock()
	w := l.active
	l.mu.Unlock()
	eventually(t, "up", func() bool { return a.Stats().StaleLetters == 0 && a.Path(b.Self()).RTT > 0 })
	a.Close() // so that w may be read
	<-a.done
	mu.Lock()
	defer mu.Unlock()
	if overtaken == 0 || w.remotes == 0 || len(w.remote) != 0 {
		t.Errorf("%d answers were overtaken, %d addresses taken, %d still wait", overtaken, w.remotes, len(w.remote))
	}
}

// TestRoomDecidesWhoIsLinked: another room ends all links and makes new ones; a
// room that is not there (the server is away) ends none.
func TestRoomDecidesWhoIsLinked(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	say := func(room string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.room = room
	}
	say("")
	in := collect(b, peer.User)
	for i := range 20 {
		mustSend(t, a, b.Self(), peer.User, []byte{byte(i)})
	}
	eventually(t, "messages without a server", func() bool { return in.len() == 20 })
	var seen []Event
	if has(a, &seen, func(Unlinked) bool { return true }) {
		t.Errorf("the server is away, and so is the link: %v", seen)
	}
	say("room-2")
	// Who looks at the room first tells the other, by closing the connection.
	eventually(t, "parting", func() bool {
		return has(a, &seen, func(e Unlinked) bool { return e.Why == LeftRoom || e.Why == Broken })
	})
	linked(t, a, b)
}

// TestOfferOfAnotherRoom: an offer is good in its room only.
func TestOfferOfAnotherRoom(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	other := &seatElsewhere{h.enter(keys[0])}
	a := New(other, Config{Loopback: true})
	defer a.Close()
	b := open(t, h, keys[1])
	var seen []Event
	eventually(t, "event", func() bool { return has(b, &seen, func(e *ForgedError) bool { return e.Field == "signature" }) })
	if b.State(a.Self()) == peer.Linked {
		t.Error("linked across rooms")
	}
}

// seatElsewhere says that it is in another room.
type seatElsewhere struct{ *seat }

func (s *seatElsewhere) RoomID() string { return "room-9" }

// TestEchoFromTheReceiver sends from within receivers, on every channel, both ways.
func TestEchoFromTheReceiver(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	for ch := range peer.Channels {
		b.Bind(ch, func(from peer.ID, msg []byte) { _ = b.Send(from, ch, msg) })
	}
	linked(t, a, b)
	for ch := range peer.Channels {
		in := collect(a, ch)
		msg := bytes.Repeat([]byte{byte(ch)}, 500)
		for range 5 {
			mustSend(t, a, b.Self(), ch, msg)
		}
		eventually(t, ch.String(), func() bool { return in.len() == 5 })
		if got := in.all()[0]; got != b.Self().Short()+" "+string(msg) {
			t.Errorf("%v: %q came back", ch, got)
		}
	}
}
