package roomstate_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const seed = 77

func id(n byte) peer.ID { return peer.ID{n} }

// room returns a room of four seats with members 1 to n, member 1 the owner.
func room(t *testing.T, n byte, change ...func(*roomstate.Room)) *roomstate.Room {
	t.Helper()
	r := roomstate.New([16]byte{9}, "ABC234", "pong", "b1", 4, 0)
	for _, f := range change {
		f(r)
	}
	for i := byte(1); i <= n; i++ {
		if err := r.Enter(id(i), "", seed); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func autoStart(n int) func(*roomstate.Room) { return func(r *roomstate.Room) { r.AutoStart = n } }

func readyAll(r *roomstate.Room) {
	for _, m := range slices.Clone(r.Members) {
		r.Do(m.ID, roomstate.Ready{Ready: true}, seed)
	}
}

func started(t *testing.T, r *roomstate.Room) {
	t.Helper()
	readyAll(r)
	if err := r.Do(r.Owner, roomstate.Start{}, seed); err != nil {
		t.Fatal(err)
	}
}

func TestCommandsAndTheirRefusals(t *testing.T) {
	nothing := func(*testing.T, *roomstate.Room) {}
	for _, tc := range []struct {
		name    string
		members byte
		before  func(*testing.T, *roomstate.Room)
		who     byte
		c       roomstate.Command
		want    error
		after   func(*roomstate.Room) bool
	}{
		{"stranger", 2, nothing, 9, roomstate.Ready{Ready: true}, roomstate.NotMember, nil},
		{"ready", 2, nothing, 2, roomstate.Ready{Ready: true}, nil, func(r *roomstate.Room) bool { return r.Member(id(2)).Ready }},
		{"free seat", 2, nothing, 2, roomstate.TakeSeat{Seat: 3}, nil, func(r *roomstate.Room) bool { return r.At(3).ID == id(2) && r.At(1) == nil }},
		{"own seat", 2, nothing, 2, roomstate.TakeSeat{Seat: 1}, nil, func(r *roomstate.Room) bool { return r.At(1).ID == id(2) }},
		{"taken seat", 2, nothing, 2, roomstate.TakeSeat{Seat: 0}, roomstate.SeatTaken, nil},
		{"no such seat", 2, nothing, 2, roomstate.TakeSeat{Seat: 4}, roomstate.NoSuchSeat, nil},
		{"negative seat", 2, nothing, 2, roomstate.TakeSeat{Seat: -2}, roomstate.NoSuchSeat, nil},
		{"stand up", 2, nothing, 2, roomstate.TakeSeat{Seat: roomstate.NoSeat}, nil, func(r *roomstate.Room) bool { return r.At(1) == nil && len(r.Members) == 2 }},
		{"ready without a seat", 2, func(t *testing.T, r *roomstate.Room) { r.Do(id(2), roomstate.TakeSeat{Seat: -1}, seed) }, 2, roomstate.Ready{Ready: true}, roomstate.NoSuchSeat, nil},
		{"settings", 2, func(t *testing.T, r *roomstate.Room) { readyAll(r) }, 1, roomstate.Settings{Bytes: []byte("x")}, nil, func(r *roomstate.Room) bool { return string(r.Settings) == "x" && !r.Member(id(2)).Ready }},
		{"settings by another", 2, nothing, 2, roomstate.Settings{}, roomstate.NotOwner, nil},
		{"large settings", 2, nothing, 1, roomstate.Settings{Bytes: make([]byte, roomstate.MaxSettings+1)}, roomstate.TooLarge, nil},
		{"start", 2, func(t *testing.T, r *roomstate.Room) { r.Do(id(2), roomstate.Ready{Ready: true}, seed) }, 1, roomstate.Start{}, nil, func(r *roomstate.Room) bool { return r.Phase == roomstate.Started && r.Round == 1 }},
		{"start by another", 2, func(t *testing.T, r *roomstate.Room) { readyAll(r) }, 2, roomstate.Start{}, roomstate.NotOwner, nil},
		{"start unready", 2, nothing, 1, roomstate.Start{}, roomstate.NotReady, nil},
		{"start with one away", 2, func(t *testing.T, r *roomstate.Room) { readyAll(r); r.Lost(id(2), 5) }, 1, roomstate.Start{}, roomstate.NotReady, nil},
		{"start with nobody", 1, func(t *testing.T, r *roomstate.Room) { r.Do(id(1), roomstate.TakeSeat{Seat: -1}, seed) }, 1, roomstate.Start{}, roomstate.NobodySeated, nil},
		{"start twice", 2, started, 1, roomstate.Start{}, roomstate.AlreadyStarted, nil},
		{"seat in the match", 2, started, 2, roomstate.TakeSeat{Seat: 3}, roomstate.AlreadyStarted, nil},
		{"settings in the match", 2, started, 1, roomstate.Settings{}, roomstate.AlreadyStarted, nil},
		{"ready in the match", 2, started, 2, roomstate.Ready{}, roomstate.AlreadyStarted, nil},
		{"reopen", 2, started, 1, roomstate.Reopen{}, nil, func(r *roomstate.Room) bool { return r.Phase == roomstate.Open && !r.Member(id(2)).Ready }},
		{"reopen an open room", 2, nothing, 1, roomstate.Reopen{}, roomstate.NotStarted, nil},
		{"reopen by another", 2, started, 2, roomstate.Reopen{}, roomstate.NotOwner, nil},
		{"kick", 2, nothing, 1, roomstate.Kick{Who: id(2)}, nil, func(r *roomstate.Room) bool {
			return r.Member(id(2)) == nil && r.Enter(id(2), "", seed) == roomstate.Kicked
		}},
		{"kick oneself", 2, nothing, 1, roomstate.Kick{Who: id(1)}, roomstate.NotMember, nil},
		{"kick by another", 2, nothing, 2, roomstate.Kick{Who: id(1)}, roomstate.NotOwner, nil},
		{"give", 2, nothing, 1, roomstate.Give{To: id(2)}, nil, func(r *roomstate.Room) bool { return r.Owner == id(2) }},
		{"give to a stranger", 2, nothing, 1, roomstate.Give{To: id(7)}, roomstate.NotMember, nil},
		{"name", 2, nothing, 2, roomstate.SetName{Name: " Bo\x00\n "}, nil, func(r *roomstate.Room) bool { return r.Member(id(2)).Name == "Bo" }},
		{"name of nothing", 2, nothing, 2, roomstate.SetName{Name: "\ufe0f\u200b"}, nil, func(r *roomstate.Room) bool { return r.Member(id(2)).Name == roomstate.NoName }},
		{"owner leaves", 3, func(t *testing.T, r *roomstate.Room) { r.Lost(id(2), 5) }, 1, roomstate.Leave{}, nil, func(r *roomstate.Room) bool { return r.Owner == id(3) && len(r.Members) == 2 }},
		{"last one leaves", 1, nothing, 1, roomstate.Leave{}, nil, func(r *roomstate.Room) bool { return r.Owner.IsZero() && len(r.Members) == 0 }},
		{"no command", 1, nothing, 1, nil, roomstate.BadRequest, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := room(t, tc.members)
			tc.before(t, r)
			before := r.Clone()
			if err := r.Do(id(tc.who), tc.c, seed); !errors.Is(err, tc.want) {
				t.Fatalf("Do = %v, want %v", err, tc.want)
			}
			if err := r.Check(); err != nil {
				t.Error(err)
			}
			if tc.want != nil && r.Version != before.Version {
				t.Error("a refused command changed the room")
			}
			if tc.want == nil && (r.Version == before.Version || !tc.after(r)) {
				t.Errorf("the room is %+v", r)
			}
		})
	}
}

func TestEnterRefusals(t *testing.T) {
	full := room(t, 4)
	if err := full.Enter(id(9), "", seed); err != roomstate.RoomFull {
		t.Errorf("a full room: %v", err)
	}
	if err := full.Enter(id(2), "", seed); err != nil || len(full.Members) != 4 {
		t.Errorf("a member of a full room: %v", err)
	}
	// Those who watch take no seats, but are not unlimited.
	crowd := room(t, 0)
	for i := range byte(roomstate.MaxMembers) {
		if err := crowd.Enter(id(i+1), "", seed); err != nil {
			t.Fatal(err)
		}
		crowd.Do(id(i+1), roomstate.TakeSeat{Seat: roomstate.NoSeat}, seed)
	}
	if err := crowd.Enter(id(99), "", seed); err != roomstate.RoomFull {
		t.Errorf("a crowd: %v", err)
	}
	running := room(t, 2)
	started(t, running)
	if err := running.Enter(id(3), "", seed); err != roomstate.AlreadyStarted {
		t.Errorf("a running match: %v", err)
	}
	// A player of the match comes back to its seat even after it was removed.
	running.Lost(id(2), 1000)
	if gone := running.Expire(9000, 100, nil, seed); len(gone) != 1 || running.Member(id(2)) != nil {
		t.Fatalf("Expire = %v", gone)
	}
	if err := running.Enter(id(2), "", seed); err != nil || running.Member(id(2)).Seat != 1 {
		t.Errorf("a player comes back: %v", err)
	}
}

func TestExpireKeepsWhoIsLinkedAndMovesTheRoomOn(t *testing.T) {
	r := room(t, 3)
	r.Lost(id(1), 1000)
	if gone := r.Expire(1100, 100, nil, seed); gone != nil || r.Owner != id(1) {
		t.Fatalf("within the grace time: %v, owner %v", gone, r.Owner)
	}
	kept := func(who peer.ID) bool { return who == id(1) }
	if gone := r.Expire(1101, 100, kept, seed); gone != nil || r.Owner != id(2) || r.Member(id(1)) == nil {
		t.Fatalf("linked: %v, owner %v", gone, r.Owner)
	}
	if gone := r.Expire(1101, 100, nil, seed); !slices.Equal(gone, []peer.ID{id(1)}) || r.Member(id(1)) != nil {
		t.Fatalf("not linked: %v", gone)
	}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
}

func TestAutoStart(t *testing.T) {
	r := room(t, 1, autoStart(2))
	if _, running := r.Match(); running {
		t.Fatal("it starts with one of two")
	}
	r.Enter(id(2), "", seed)
	m, running := r.Match()
	if !running || m.Seed != seed || !slices.Equal(m.Seats, []peer.ID{id(1), id(2), {}, {}}) {
		t.Fatalf("match %+v, %v", m, running)
	}
	// A rematch waits until all have said that they are ready.
	r.Do(id(1), roomstate.Reopen{}, seed)
	r.Do(id(1), roomstate.Ready{Ready: true}, seed)
	if _, running := r.Match(); running {
		t.Fatal("the rematch did not wait")
	}
	r.Do(id(2), roomstate.Ready{Ready: true}, seed+1)
	if again, running := r.Match(); !running || again.ID == m.ID || r.Round != 2 {
		t.Errorf("rematch %+v, %v", again, running)
	}
	// Who is away holds it up until it is removed.
	r = room(t, 1, autoStart(2))
	r.Lost(id(1), 1)
	for n := byte(2); n <= 3; n++ {
		r.Enter(id(n), "", seed)
	}
	if _, running := r.Match(); running {
		t.Fatal("started with a player who is away")
	}
	r.Expire(1000, 10, nil, seed)
	if _, running := r.Match(); !running {
		t.Error("did not start when the one who was away was removed")
	}
}

func TestCodes(t *testing.T) {
	for text, want := range map[string]string{"ABC234": "ABC234", " abc-234\n": "ABC234", "abc 234": "ABC234"} {
		if got, ok := roomstate.ParseCode(text); !ok || got != want {
			t.Errorf("ParseCode(%q) = %q, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "ABC23", "ABC2345", "ABC230", "ABCI23", "ÄBC234"} {
		if _, ok := roomstate.ParseCode(text); ok {
			t.Errorf("ParseCode(%q) accepts it", text)
		}
	}
	if _, err := roomstate.NewCode(failing{}); err == nil {
		t.Error("NewCode without randomness succeeded")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func TestRefusalsHaveTexts(t *testing.T) {
	for r := roomstate.WrongCode; r.Known(); r++ {
		if r.Error() == "lobby: " {
			t.Errorf("refusal %d has no text", r)
		}
	}
	if r := roomstate.Refusal(200); r.Known() || r.Error() == "" {
		t.Errorf("refusal 200 is %q", r.Error())
	}
}
