//go:build !js

package rendezvous_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestRefusals(t *testing.T) {
	_, url := serve(t, rendezvous.Config{})
	owner := dial(t, url, 1, "")
	room, _ := owner.enter(owner.hello(""))
	if room == nil {
		t.Fatal("no room")
	}
	full := dial(t, url, 2, "")
	h := full.hello("")
	h.Seats = 1
	single, _ := full.enter(h)
	for _, tc := range []struct {
		name   string
		change func(c *client, h *msg.Hello)
		want   roomstate.Refusal
	}{
		{"honest", func(*client, *msg.Hello) {}, 0},
		{"wrong code", func(_ *client, h *msg.Hello) { h.Code = "AAAAAA" }, roomstate.WrongCode},
		{"no code at all", func(_ *client, h *msg.Hello) { h.Code = "?" }, roomstate.WrongCode},
		{"full", func(_ *client, h *msg.Hello) { h.Code = single.Code }, roomstate.RoomFull},
		{"another's ID", func(_ *client, h *msg.Hello) { h.ID = key(1).ID() }, roomstate.Forged},
		{"no signature", func(_ *client, h *msg.Hello) { h.Signature = make([]byte, 64) }, roomstate.Forged},
		{"signature of another game", func(c *client, h *msg.Hello) { h.Signature = c.key.Sign(msg.Signed(c.nonce, "chess")) }, roomstate.Forged},
		{"signature of another challenge", func(c *client, h *msg.Hello) { h.Signature = c.key.Sign(msg.Signed(msg.Nonce{1}, "pong")) }, roomstate.Forged},
		{"no seats", func(_ *client, h *msg.Hello) { h.Code, h.Seats = "", 0 }, roomstate.BadRequest},
		{"nine seats", func(_ *client, h *msg.Hello) { h.Code, h.Seats = "", 9 }, roomstate.BadRequest},
		{"starts with more than there are", func(_ *client, h *msg.Hello) { h.Code, h.AutoStart = "", 5 }, roomstate.BadRequest},
		{"a room of others that was lost", func(_ *client, h *msg.Hello) {
			h.Code = "BBBBBB"
			h.Resume = roomstate.New([16]byte{5}, "BBBBBB", "pong", "b1", 2, 0)
			h.Resume.Enter(key(9).ID(), "x", 1)
		}, roomstate.WrongCode},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := dial(t, url, 3, "")
			h := c.hello(room.Code)
			tc.change(c, &h)
			if _, got := c.enter(h); got != tc.want {
				t.Fatalf("refused with %v, want %v", got, tc.want)
			}
			if tc.want == 0 {
				c.send(msg.Command(1, roomstate.Leave{}))
			}
			for kind := wire.Kind(1); kind != 0; { // the connection ends
				kind, _ = c.read()
			}
		})
	}
	for field, change := range map[string]func(h *msg.Hello){
		"build": func(h *msg.Hello) { h.Build = "b2" },
		"game":  func(h *msg.Hello) { h.Game = "chess" },
	} {
		c := dial(t, url, 3, "")
		h := c.hello(room.Code)
		change(&h)
		h.Signature = c.key.Sign(msg.Signed(c.nonce, h.Game))
		c.send(h.Message())
		kind, table := c.next()
		if kind != msg.KindRefused {
			t.Fatalf("%s: kind %d", field, kind)
		}
		r := c.refused(table)
		if r.Code != roomstate.Mismatch || r.Field != field || r.Yours == r.Theirs || r.Theirs == "" {
			t.Errorf("%s: %+v", field, r)
		}
	}
}

func TestJunkHurtsOnlyItsSender(t *testing.T) {
	srv, url := serve(t, rendezvous.Config{})
	a, b := dial(t, url, 1, ""), dial(t, url, 2, "")
	room, _ := a.enter(a.hello(""))
	b.enter(b.hello(room.Code))
	hello := a.hello(room.Code).Message()
	junk := [][]byte{
		nil,
		{1},
		[]byte("GET / HTTP/1.1"), bytes.Repeat([]byte{255}, 1000), hello[:len(hello)/2],
		wire.Seal(nil, wire.Header{Kind: msg.KindRelay}, []byte{1, 2, 3}),
		wire.Seal(nil, wire.Header{Kind: 99}, nil),
		msg.Room(room), msg.Welcome{Room: room}.Message(), hello,
		msg.Relay{Peer: key(2).ID(), Channel: peer.Moves, Payload: []byte{1}}.Message(),
	}
	t.Run("instead of a greeting", func(t *testing.T) {
		for i, j := range append(junk[:9:9], msg.Beat(1)) {
			c := dial(t, url, 3, "")
			c.send(j)
			if kind, table := c.next(); kind != msg.KindRefused || c.refused(table).Code != roomstate.BadRequest {
				t.Errorf("junk %d: kind %d", i, kind)
			}
			if kind, _ := c.read(); kind != 0 {
				t.Errorf("junk %d: the connection goes on", i)
			}
		}
		c := dial(t, url, 3, "")
		if c.try(websocket.MessageText, []byte("hello")); c.ended() == 0 {
			t.Error("text instead of a greeting: the connection goes on")
		}
	})
	t.Run("from a member", func(t *testing.T) {
		before := srv.Health().Dropped
		c := dial(t, url, 3, "")
		if _, refusal := c.enter(c.hello(room.Code)); refusal != 0 {
			t.Fatal(refusal)
		}
		for _, j := range junk[:7] {
			c.send(j)
		}
		c.send(msg.Relay{Peer: key(2).ID(), Channel: peer.Chat, Payload: []byte("still here")}.Message())
		for {
			kind, table := b.next()
			if kind != msg.KindRelay {
				continue
			}
			m, err := msg.ParseRelay(table)
			if err != nil || m.Peer != key(3).ID() || string(m.Payload) != "still here" {
				t.Fatalf("relay %+v, %v", m, err)
			}
			break
		}
		for range 8 {
			c.try(websocket.MessageBinary, junk[0])
		}
		c.ended()
		if dropped := srv.Health().Dropped - before; dropped != 8 {
			t.Errorf("%d messages were counted, want the 8 that end it", dropped)
		}
	})
	t.Run("too large", func(t *testing.T) {
		c := dial(t, url, 4, "")
		c.enter(c.hello(room.Code))
		c.try(websocket.MessageBinary, make([]byte, msg.MaxSize+1))
		c.ended()
	})
	// a is as it was.
	a.send(msg.Command(1, roomstate.Settings{Bytes: []byte("x")}))
	a.room(func(r *roomstate.Room) bool { return string(r.Settings) == "x" })
}

// ended reads until the connection ends, and returns 1.
func (c *client) ended() int {
	for {
		if kind, _ := c.read(); kind == 0 {
			return 1
		}
	}
}

func TestWrongCodesThrottleTheirSourceAlone(t *testing.T) {
	_, url := serve(t, rendezvous.Config{BehindProxy: true, WrongCodes: 3})
	owner := dial(t, url, 1, "198.51.100.1")
	room, _ := owner.enter(owner.hello(""))
	guess := func(from, code string) roomstate.Refusal {
		c := dial(t, url, 9, from)
		_, refusal := c.enter(c.hello(code))
		if refusal == 0 {
			c.send(msg.Command(1, roomstate.Leave{}))
			c.ended()
		}
		return refusal
	}
	const bad = "198.51.100.66"
	for i := range 3 {
		if got := guess(bad, "AAAAAA"); got != roomstate.WrongCode {
			t.Fatalf("guess %d: %v", i, got)
		}
	}
	if got := guess(bad, "AAAAAA"); got != roomstate.Throttled {
		t.Errorf("the fourth guess: %v", got)
	}
	if got := guess(bad, room.Code); got != roomstate.Throttled {
		t.Errorf("the right code from there: %v; a guesser would learn that it is right", got)
	}
	if got := guess("198.51.100.2", room.Code); got != 0 {
		t.Errorf("an honest guest from elsewhere: %v", got)
	}
	if got := guess("2001:db8::1", "AAAAAA"); got != roomstate.WrongCode {
		t.Errorf("a first wrong code from elsewhere: %v", got)
	}
	guess("2001:db8::2", "AAAAAA")
	guess("2001:db8::3", "AAAAAA")
	if got := guess("2001:db8::4", "AAAAAA"); got != roomstate.Throttled {
		t.Errorf("the fourth from one /64: %v", got)
	}
	// A member comes back even from there.
	again := dial(t, url, 1, bad)
	if _, refusal := again.enter(again.hello(room.Code)); refusal != 0 {
		t.Errorf("a member from the throttled address: %v", refusal)
	}
}

func TestSecondConnectionReplacesTheFirst(t *testing.T) {
	_, url := serve(t, rendezvous.Config{})
	first, other := dial(t, url, 1, ""), dial(t, url, 2, "")
	room, _ := first.enter(first.hello(""))
	other.enter(other.hello(room.Code))
	second := dial(t, url, 1, "")
	again, refusal := second.enter(second.hello(room.Code))
	if refusal != 0 || again.Owner != key(1).ID() || len(again.Members) != 2 || again.Member(key(1).ID()).Seat != 0 {
		t.Fatalf("%v, room %+v", refusal, again)
	}
	for {
		kind, table := first.next()
		if kind == msg.KindRefused {
			if r := first.refused(table); r.Code != roomstate.Replaced {
				t.Errorf("the first connection is told %v", r)
			}
			break
		}
	}
	first.ended()
	// The end of the first does not take the second off.
	other.send(msg.Relay{Peer: key(1).ID(), Channel: peer.Chat, Payload: []byte("hi")}.Message())
	for kind := wire.Kind(0); kind != msg.KindRelay; {
		kind, _ = second.next()
	}
}

func TestGraceTime(t *testing.T) {
	_, url := serve(t, rendezvous.Config{Grace: time.Second}) // both are seen to be away before one is removed
	stay, drop, linked := dial(t, url, 1, ""), dial(t, url, 2, ""), dial(t, url, 3, "")
	room, _ := stay.enter(stay.hello(""))
	drop.enter(drop.hello(room.Code))
	linked.enter(linked.hello(room.Code))
	stay.send(msg.Links([]peer.ID{key(3).ID()}))
	drop.ws.CloseNow()
	linked.ws.CloseNow()
	stay.room(func(r *roomstate.Room) bool {
		m, n := r.Member(key(2).ID()), r.Member(key(3).ID())
		return m != nil && !m.Online && m.Seat == 1 && n != nil && !n.Online
	})
	stay.room(func(r *roomstate.Room) bool { return r.Member(key(2).ID()) == nil && r.Member(key(3).ID()) != nil })
	// Once nobody reaches it any more, it goes too.
	stay.send(msg.Links(nil))
	stay.room(func(r *roomstate.Room) bool { return len(r.Members) == 1 })
}

func TestSlowReaderIsCutOff(t *testing.T) {
	srv, url := serve(t, rendezvous.Config{MessagesPerSec: 100_000, BytesPerSec: 1 << 30})
	a, b := dial(t, url, 1, ""), dial(t, url, 2, "")
	room, _ := a.enter(a.hello(""))
	b.enter(b.hello(room.Code))
	m := msg.Relay{Peer: key(2).ID(), Channel: peer.User, Payload: make([]byte, peer.MaxMessage)}.Message()
	// b does not read. What the sockets of both ends hold comes first.
	sent := 0
	for gone := false; !gone && sent < 4000; sent++ {
		a.send(m)
		gone = sent%16 == 0 && srv.Health().Connections == 1
	}
	until(t, "the slow reader is cut off", func() bool { return srv.Health().Connections == 1 })
	a.room(func(r *roomstate.Room) bool { return !r.Member(key(2).ID()).Online })
}

func TestFastSenderIsReadSlowly(t *testing.T) {
	_, url := serve(t, rendezvous.Config{MessagesPerSec: 100})
	a, b := dial(t, url, 1, ""), dial(t, url, 2, "")
	room, _ := a.enter(a.hello(""))
	b.enter(b.hello(room.Code))
	const extra = 50 // behind the 400 that may come at once: half a second
	start := time.Now()
	for range 400 + extra {
		a.send(msg.Relay{Peer: key(2).ID(), Channel: peer.Chat, Payload: []byte{1}}.Message())
	}
	for n := 0; n < 400+extra; {
		if kind, _ := b.next(); kind == msg.KindRelay {
			n++
		}
	}
	if took := time.Since(start); took < 300*time.Millisecond {
		t.Errorf("%d messages came within %v", 400+extra, took)
	}
}

func TestSilentClientIsLost(t *testing.T) {
	srv, url := serve(t, rendezvous.Config{Beat: 50 * time.Millisecond})
	c := dial(t, url, 1, "")
	c.enter(c.hello(""))
	until(t, "the client that answers no beat is lost", func() bool { return srv.Health().Connections == 0 })
}

func TestStoreOutlivesTheServer(t *testing.T) {
	store := rendezvous.NewMemory()
	first, url := serve(t, rendezvous.Config{Store: store})
	a := dial(t, url, 1, "")
	room, _ := a.enter(a.hello(""))
	first.Close()
	a.ended()
	second, url := serve(t, rendezvous.Config{Store: store, Grace: time.Second}) // b comes before a is removed
	if h := second.Health(); h.Rooms != 1 {
		t.Fatalf("the second server has %d rooms", h.Rooms)
	}
	b := dial(t, url, 2, "")
	if got, refusal := b.enter(b.hello(room.Code)); refusal != 0 || got.ID != room.ID || got.Member(key(1).ID()).Online {
		t.Errorf("%v, room %+v", refusal, got)
	}
	b.room(func(r *roomstate.Room) bool { return r.Owner == key(2).ID() && len(r.Members) == 1 })
	b.send(msg.Command(1, roomstate.Leave{}))
	b.ended()
	until(t, "the empty room is deleted", func() bool { return second.Health().Rooms == 0 })
	if _, err := store.Get(t.Context(), room.Code); err != rendezvous.ErrNotFound {
		t.Errorf("the store says %v", err)
	}
}

func TestPagesForCurl(t *testing.T) {
	srv, url := serve(t, rendezvous.Config{})
	c := dial(t, url, 1, "")
	room, _ := c.enter(c.hello(""))
	base := "http" + strings.TrimSuffix(strings.TrimPrefix(url, "ws"), "/ws")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path string) (int, string) {
		resp, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	var list []rendezvous.Info
	status, body := get("/rooms")
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 || len(list) != 1 || list[0].Game != "pong" || list[0].Free != 3 {
		t.Errorf("/rooms: %d %s", status, body)
	}
	if strings.Contains(body, room.Code) {
		t.Error("/rooms gives the code away")
	}
	for path, want := range map[string]int{"/health": 200, "/": 200, "/r/" + room.Code: 200, "/r/<script>": 404, "/nothing": 404} {
		if status, body := get(path); status != want {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	srv.Close()
	if status, body := get("/health"); status != 503 || !strings.Contains(body, "closing") {
		t.Errorf("/health of a closed server: %d %s", status, body)
	}
	if status, _ := get("/ws"); status != 503 {
		t.Errorf("/ws of a closed server: %d", status)
	}
}

func TestLimits(t *testing.T) {
	srv, url := serve(t, rendezvous.Config{MaxRooms: 1, RoomsPerHost: 2})
	a, b, c := dial(t, url, 1, ""), dial(t, url, 2, ""), dial(t, url, 3, "")
	if _, refusal := a.enter(a.hello("")); refusal != 0 {
		t.Fatal(refusal)
	}
	if _, refusal := b.enter(b.hello("")); refusal != roomstate.ServerFull {
		t.Errorf("a second room: %v", refusal)
	}
	if _, refusal := c.enter(c.hello("")); refusal != roomstate.Throttled {
		t.Errorf("a third try: %v", refusal)
	}
	if h := srv.Health(); h.Rooms != 1 {
		t.Errorf("health %+v", h)
	}
	for _, bad := range []rendezvous.Config{{Grace: -1}, {Grace: time.Hour}, {Beat: time.Millisecond}, {MaxRooms: -1}, {STUNPort: 70000}, {ICEServers: make([]string, 8)}} {
		if _, err := rendezvous.New(bad); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}

func TestConnectionsPerHost(t *testing.T) {
	_, url := serve(t, rendezvous.Config{MaxConnsPerHost: 2, BehindProxy: true})
	try := func(from string) int {
		transport := &http.Transport{DisableKeepAlives: true}
		r, _ := http.NewRequest(http.MethodGet, "http"+strings.TrimPrefix(url, "ws"), nil)
		r.Header.Set("X-Forwarded-For", from)
		resp, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for range 2 {
		dial(t, url, 1, "198.51.100.1")
	}
	// 426 is the answer to a plain request that gets as far as the handshake.
	if got := try("198.51.100.1"); got != http.StatusServiceUnavailable {
		t.Errorf("the third from one host: %d", got)
	}
	if got := try("198.51.100.2"); got != http.StatusUpgradeRequired {
		t.Errorf("the first from another host: %d", got)
	}
}

func TestLostRooms(t *testing.T) {
	_, url := serve(t, rendezvous.Config{})
	a := dial(t, url, 1, "")
	room, _ := a.enter(a.hello(""))
	// Somebody remembers another room under this code.
	b := dial(t, url, 2, "")
	h := b.hello(room.Code)
	h.Resume = roomstate.New([16]byte{5}, room.Code, "pong", "b1", 2, 0)
	h.Resume.Enter(key(2).ID(), "x", 1)
	if _, refusal := b.enter(h); refusal != roomstate.RoomLost {
		t.Errorf("another room: %v", refusal)
	}
	// Two of three come back to a room that no server knows; the third is given
	// its time.
	old := roomstate.New([16]byte{6}, "CCCCCC", "pong", "b1", 4, 0)
	for n := byte(1); n <= 3; n++ {
		old.Enter(key(n).ID(), "x", 1)
	}
	for n := byte(2); n <= 3; n++ {
		c := dial(t, url, n, "")
		h := c.hello("CCCCCC")
		h.Resume = old
		got, refusal := c.enter(h)
		if refusal != 0 || got.ID != old.ID || len(got.Members) != 3 || got.Owner != key(1).ID() {
			t.Fatalf("player %d: %v, room %+v", n, refusal, got)
		}
		if m := got.Member(key(n).ID()); m.Seat != int(n)-1 || !m.Online || got.Member(key(1).ID()).Online {
			t.Errorf("player %d: %+v", n, got.Members)
		}
	}
}
