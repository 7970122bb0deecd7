package msg_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// largest returns a room that has as much of everything as there can be.
func largest(t testing.TB) *roomstate.Room {
	t.Helper()
	r := roomstate.New([16]byte{1, 2}, "ABC234", strings.Repeat("g", msg.MaxGame), strings.Repeat("b", msg.MaxBuild), peer.MaxSeats, 0)
	for i := range byte(roomstate.MaxKicked) {
		r.Kicked = append(r.Kicked, peer.ID{200, i})
	}
	for i := range byte(roomstate.MaxMembers) {
		if err := r.Enter(peer.ID{i + 1}, strings.Repeat("\u05d0", 40), 1); err != nil {
			t.Fatal(err)
		}
		if i >= peer.MaxSeats-1 && i < roomstate.MaxMembers-1 {
			r.Do(peer.ID{i + 1}, roomstate.TakeSeat{Seat: roomstate.NoSeat}, 1)
		}
		r.Do(peer.ID{i + 1}, roomstate.Ready{Ready: true}, 1)
	}
	r.Settings = bytes.Repeat([]byte{7}, roomstate.MaxSettings)
	if err := r.Do(peer.ID{1}, roomstate.Start{}, 5); err != nil {
		t.Fatal(err)
	}
	r.Lost(peer.ID{3}, 12345)
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB, b []byte, want wire.Kind) []byte {
	t.Helper()
	kind, table, err := msg.Open(b)
	if err != nil || kind != want {
		t.Fatalf("Open: kind %d, %v", kind, err)
	}
	if len(b) > msg.MaxSize {
		t.Fatalf("a message of %d bytes; at most %d", len(b), msg.MaxSize)
	}
	return table
}

func TestRoundTrips(t *testing.T) {
	room := largest(t)
	if got, err := msg.ParseRoom(open(t, msg.Room(room), msg.KindRoom)); err != nil || !reflect.DeepEqual(got, room) {
		t.Errorf("room: %v\ngot  %+v\nwant %+v", err, got, room)
	}
	fresh := roomstate.New([16]byte{3}, "ABC234", "g", "", 1, 1)
	fresh.Enter(peer.ID{1}, "x", 9)
	if got, err := msg.ParseRoom(open(t, msg.Room(fresh), msg.KindRoom)); err != nil || got.Members[0] != fresh.Members[0] {
		t.Errorf("small room: %+v, %v", got, err)
	}
	nonce := msg.Nonce{4, 5}
	if got, err := msg.ParseChallenge(open(t, msg.Challenge(nonce), msg.KindChallenge)); err != nil || got != nonce {
		t.Errorf("challenge: %v, %v", got, err)
	}
	hello := msg.Hello{
		ID: peer.ID{1}, Signature: make([]byte, 64), Game: room.Game, Build: room.Build, Name: "n", Code: "abc-234",
		Seats: 8, AutoStart: 2, Resume: room, Vouch: &msg.Vouch{By: peer.ID{7}, Signature: [64]byte{8}},
	}
	if got, err := msg.ParseHello(open(t, hello.Message(), msg.KindHello)); err != nil || !reflect.DeepEqual(got, hello) {
		t.Errorf("hello: %+v, %v", got, err)
	}
	welcome := msg.Welcome{Room: room, ICEServers: []string{"stun:a:1", "stun:b:2"}, GraceMs: 30000}
	if got, err := msg.ParseWelcome(open(t, welcome.Message(), msg.KindWelcome)); err != nil || !reflect.DeepEqual(got, welcome) {
		t.Errorf("welcome: %+v, %v", got, err)
	}
	refused := msg.Refused{Code: roomstate.Mismatch, Request: 7, Field: "build", Yours: "1", Theirs: "2"}
	got, err := msg.ParseRefused(open(t, refused.Message(), msg.KindRefused))
	if err != nil || got != refused || !errors.Is(got, roomstate.Mismatch) {
		t.Errorf("refused: %+v, %v", got, err)
	}
	long := msg.Refused{Yours: strings.Repeat("é", 1000), Theirs: "\xff"}
	if got, err := msg.ParseRefused(open(t, long.Message(), msg.KindRefused)); err != nil || len(got.Yours) != 256 || got.Theirs != "\uFFFD" {
		t.Errorf("long refusal: %d bytes, %v", len(got.Yours), err)
	}
	relay := msg.Relay{Peer: peer.ID{6}, Channel: peer.Signal, Payload: bytes.Repeat([]byte{1}, peer.MaxMessage)}
	if got, err := msg.ParseRelay(open(t, relay.Message(), msg.KindRelay)); err != nil || !reflect.DeepEqual(got, relay) {
		t.Errorf("relay: %v", err)
	}
	links := []peer.ID{{1}, {2}}
	if got, err := msg.ParseLinks(open(t, msg.Links(links), msg.KindLinks)); err != nil || !reflect.DeepEqual(got, links) {
		t.Errorf("links: %v, %v", got, err)
	}
	if got, err := msg.ParseServers(open(t, msg.Servers(welcome.ICEServers), msg.KindServers)); err != nil || !reflect.DeepEqual(got, welcome.ICEServers) {
		t.Errorf("servers: %q, %v", got, err)
	}
	if at, err := msg.ParseBeat(open(t, msg.Beat(9), msg.KindBeat)); err != nil || at != 9 {
		t.Errorf("beat: %v, %v", at, err)
	}
	for _, c := range []roomstate.Command{
		roomstate.Ready{Ready: true},
		roomstate.Ready{},
		roomstate.TakeSeat{Seat: 3},
		roomstate.TakeSeat{Seat: roomstate.NoSeat},
		roomstate.Settings{Bytes: []byte{1}},
		roomstate.Start{},
		roomstate.Reopen{},
		roomstate.Kick{Who: peer.ID{1}},
		roomstate.Give{To: peer.ID{2}},
		roomstate.SetName{Name: "Bo"},
		roomstate.Leave{},
	} {
		request, got, err := msg.ParseCommand(open(t, msg.Command(3, c), msg.KindCommand))
		if err != nil || request != 3 || !reflect.DeepEqual(got, c) {
			t.Errorf("%T: %+v, %v", c, got, err)
		}
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	table := func(b []byte) []byte { return b[wire.HeaderSize:] }
	broken := func(change func(*roomstate.Room)) error {
		r := largest(t)
		change(r)
		_, err := msg.ParseRoom(table(msg.Room(r)))
		return err
	}
	hello := func(h msg.Hello) error { _, err := msg.ParseHello(table(h.Message())); return err }
	relay := func(m msg.Relay) error { _, err := msg.ParseRelay(table(m.Message())); return err }
	for name, err := range map[string]error{
		"owner outside":      broken(func(r *roomstate.Room) { r.Owner = peer.ID{99} }),
		"seat taken twice":   broken(func(r *roomstate.Room) { r.Members[1].Seat = r.Members[0].Seat }),
		"member twice":       broken(func(r *roomstate.Room) { r.Members[1].ID = r.Members[0].ID }),
		"dirty name":         broken(func(r *roomstate.Room) { r.Members[1].Name = "a\nb" }),
		"phase":              broken(func(r *roomstate.Room) { r.Phase = 7 }),
		"seats of the match": broken(func(r *roomstate.Room) { r.MatchSeats = r.MatchSeats[:3] }),
		"no seats":           broken(func(r *roomstate.Room) { r.Seats = 0 }),
		"hello of nobody":    hello(msg.Hello{Game: "g", Signature: make([]byte, 64)}),
		"hello without game": hello(msg.Hello{ID: peer.ID{1}, Signature: make([]byte, 64)}),
		"a long ICE server": func() error {
			_, err := msg.ParseServers(table(msg.Servers([]string{strings.Repeat("x", 513)})))
			return err
		}(),
		"relay to nobody":    relay(msg.Relay{Channel: peer.Chat, Payload: []byte{1}}),
		"relay of moves":     relay(msg.Relay{Peer: peer.ID{1}, Channel: peer.Moves, Payload: []byte{1}}),
		"relay of bulk":      relay(msg.Relay{Peer: peer.ID{1}, Channel: peer.Bulk, Payload: []byte{1}}),
		"relay of channel 9": relay(msg.Relay{Peer: peer.ID{1}, Channel: 9, Payload: []byte{1}}),
	} {
		if !errors.Is(err, msg.ErrMeaning) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var fault wire.Fault
	large := msg.Relay{Peer: peer.ID{1}, Channel: peer.Chat, Payload: make([]byte, peer.MaxMessage+1)}
	if err := relay(large); !errors.As(err, &fault) {
		t.Errorf("a relay that is too large: %v", err)
	}
	if _, err := msg.ParseWelcome(table(msg.Room(largest(t)))); err == nil {
		t.Error("a room was taken for a welcome")
	}
}

func TestSignedNamesChallengeAndGame(t *testing.T) {
	a := msg.Signed(msg.Nonce{1}, "pong")
	if bytes.Equal(a, msg.Signed(msg.Nonce{2}, "pong")) || bytes.Equal(a, msg.Signed(msg.Nonce{1}, "ping")) {
		t.Error("two greetings are signed alike")
	}
}

// fuzz feeds a Parse function; what it accepts must survive a round trip.
func fuzz[T any](f *testing.F, valid [][]byte, parse func([]byte) (T, error), again func(T) []byte) {
	for _, b := range valid {
		table := b[wire.HeaderSize:]
		f.Add(table)
		f.Add(table[:len(table)-1])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := parse(b)
		if err != nil {
			return
		}
		if again == nil {
			return
		}
		second, err := parse(again(v)[wire.HeaderSize:])
		if err != nil || !reflect.DeepEqual(again(second), again(v)) {
			t.Fatalf("accepted %+v, but not itself again: %v", v, err)
		}
	})
}

func FuzzRoom(f *testing.F) {
	small := roomstate.New([16]byte{3}, "ABC234", "g", "", 2, 1)
	small.Enter(peer.ID{1}, "x", 9)
	fuzz(f, [][]byte{msg.Room(small), msg.Room(largest(f))}, msg.ParseRoom, msg.Room)
}

func FuzzHello(f *testing.F) {
	room := largest(f)
	h := msg.Hello{ID: peer.ID{1}, Signature: make([]byte, 64), Game: "g", Name: "n"}
	with := h
	with.Resume, with.Vouch = room, &msg.Vouch{By: peer.ID{7}, Signature: [64]byte{8}}
	fuzz(f, [][]byte{h.Message(), with.Message()}, msg.ParseHello, msg.Hello.Message)
}

func FuzzWelcome(f *testing.F) {
	w := msg.Welcome{Room: largest(f), ICEServers: []string{"stun:a:1"}}
	fuzz(f, [][]byte{w.Message()}, msg.ParseWelcome, msg.Welcome.Message)
}

func FuzzCommand(f *testing.F) {
	type command struct {
		request uint32
		c       roomstate.Command
	}
	valid := [][]byte{msg.Command(1, roomstate.Kick{Who: peer.ID{1}}), msg.Command(2, roomstate.Settings{Bytes: []byte{1}})}
	fuzz(f, valid, func(b []byte) (command, error) {
		request, c, err := msg.ParseCommand(b)
		return command{request, c}, err
	}, func(c command) []byte { return msg.Command(c.request, c.c) })
}

func FuzzRelay(f *testing.F) {
	m := msg.Relay{Peer: peer.ID{1}, Channel: peer.Chat, Payload: []byte("hello")}
	fuzz(f, [][]byte{m.Message()}, msg.ParseRelay, msg.Relay.Message)
}

func FuzzSmall(f *testing.F) {
	r := msg.Refused{Code: 1, Field: "x"}
	fuzz(f, [][]byte{r.Message(), msg.Challenge(msg.Nonce{1}), msg.Links([]peer.ID{{1}}), msg.Beat(1), msg.Servers([]string{"stun:a:1"})}, func(b []byte) (int, error) {
		_, e1 := msg.ParseRefused(b)
		_, e2 := msg.ParseChallenge(b)
		_, e3 := msg.ParseLinks(b)
		_, e4 := msg.ParseBeat(b)
		_, e5 := msg.ParseServers(b)
		_, _, e6 := msg.Open(b)
		return 0, errors.Join(e1, e2, e3, e4, e5, e6)
	}, nil)
}
