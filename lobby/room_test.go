//go:build !js

package lobby_test

import (
	"testing"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
)

func TestFourPlayersGetOneMatch(t *testing.T) {
	s := serve(t, rendezvous.Config{ICEServers: []string{"stun:127.0.0.1:3478"}})
	rooms := []*lobby.Room{s.player(0, "", func(c *lobby.Config) { c.Seats = 6 })}
	code := in(t, rooms[0])
	if len(code) != 6 {
		t.Fatalf("the code is %q", code)
	}
	invite, ok := rooms[0].Invite()
	if !ok || invite.Code != code || invite.Link != "http://"+s.addr+"/r/"+code {
		t.Fatalf("Invite = %+v, %v", invite, ok)
	}
	for i, way := range []string{code, invite.Link, code[:3] + "-" + code[3:]} {
		rooms = append(rooms, s.player(byte(i+1), way))
		in(t, rooms[i+1])
	}
	for _, r := range rooms {
		until(t, "four members", func() bool { return len(r.Members()) == 4 })
		if r.RoomID() == "" || r.RoomID() != rooms[0].RoomID() {
			t.Errorf("RoomID = %q and %q", r.RoomID(), rooms[0].RoomID())
		}
		if ice := r.ICEServers(); len(ice) != 1 || ice[0] != "stun:127.0.0.1:3478" {
			t.Errorf("ICEServers = %q", ice)
		}
	}
	do(t, rooms[0], lobby.Settings{Bytes: []byte("map 3")})
	do(t, rooms[3], lobby.TakeSeat{Seat: 5})
	until(t, "the settings and the seat are everywhere", func() bool {
		return string(rooms[2].Snapshot().Settings) == "map 3" && member(rooms[2], key(3).ID()).Seat == 5
	})
	for _, r := range rooms[1:] {
		do(t, r, lobby.Ready{Ready: true})
	}
	until(t, "all are ready", func() bool {
		ready := 0
		for _, m := range rooms[0].Snapshot().Members {
			if m.Ready {
				ready++
			}
		}
		return ready == 3
	})
	if _, running := rooms[0].Match(); running {
		t.Error("a match runs before Start")
	}
	do(t, rooms[0], lobby.Start{})
	var first peer.Match
	for i, r := range rooms {
		until(t, "the match", func() bool { _, ok := r.Match(); return ok })
		m, _ := r.Match()
		if i == 0 {
			first = m
		}
		if m.ID != first.ID || m.Validate() != nil {
			t.Errorf("player %d has match %x, player 0 %x", i, m.ID, first.ID)
		}
	}
	want := []peer.ID{key(0).ID(), key(1).ID(), key(2).ID(), {}, {}, key(3).ID()}
	if again := peer.NewMatch(first.Seed, want, []byte("map 3")); again.ID != first.ID {
		t.Errorf("the match is %+v", first)
	}
	// A rematch is another match.
	do(t, rooms[0], lobby.Reopen{})
	for _, r := range rooms {
		until(t, "open again", func() bool { return r.Snapshot().Phase == lobby.Open })
	}
	if _, running := rooms[3].Match(); running {
		t.Error("a match runs in the open room")
	}
	for _, r := range rooms[1:] {
		do(t, r, lobby.Ready{Ready: true})
	}
	until(t, "all are ready", func() bool { return do2(rooms[0], lobby.Start{}) && rooms[1].Snapshot().Phase == lobby.Running })
	if m, _ := rooms[1].Match(); m.ID == first.ID || m.Seed == first.Seed {
		t.Error("the rematch is the same match")
	}
}

func do(t *testing.T, r *lobby.Room, c lobby.Command) {
	t.Helper()
	if err := r.Do(c); err != nil {
		t.Fatalf("Do(%T) = %v", c, err)
	}
}

func do2(r *lobby.Room, c lobby.Command) bool { return r.Do(c) == nil }

func TestAutoStart(t *testing.T) {
	s := serve(t, rendezvous.Config{})
	a := s.player(0, "", func(c *lobby.Config) { c.AutoStart = 2 })
	b := s.player(1, in(t, a))
	for _, r := range []*lobby.Room{a, b} {
		until(t, "the match", func() bool { _, ok := r.Match(); return ok })
	}
	m, _ := a.Match()
	n, _ := b.Match()
	if m.ID != n.ID || len(m.Seats) != 2 || len(m.Peers()) != 2 {
		t.Errorf("matches %+v and %+v", m, n)
	}
}
