//go:build !js

package mesh

import (
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// hostSeat is a seat of a hub that is a Host, as lobby.Room is one.
type hostSeat struct {
	*seat
	away bool // the hub is no server for it

	mu     sync.Mutex
	invite string
	guests []peer.ID
	banned []peer.ID
	met    map[peer.ID]int
	gone   []peer.ID
}

func newHostSeat(s *seat) *hostSeat { return &hostSeat{seat: s, met: map[peer.ID]int{}} }

func (s *hostSeat) RoomID() string {
	if s.away {
		return ""
	}
	return s.seat.RoomID()
}

func (s *hostSeat) Members() []peer.ID {
	if s.away {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(s.seat.Members(), s.guests...)
}

func (s *hostSeat) Send(to peer.ID, ch peer.Channel, b []byte) error {
	if s.away {
		return peer.ErrNotLinked
	}
	return s.seat.Send(to, ch, b)
}

func (s *hostSeat) Invitation() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.invite
}

func (s *hostSeat) Guest(id peer.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.guests, id)
}

func (s *hostSeat) Banned(id peer.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.banned, id)
}

func (s *hostSeat) Met(id peer.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met[id]++
	if !s.away && !slices.Contains(s.seat.Members(), id) && !slices.Contains(s.guests, id) {
		s.guests = append(s.guests, id)
	}
}

func (s *hostSeat) Gone(id peer.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = append(s.gone, id)
	s.guests = slices.DeleteFunc(s.guests, func(g peer.ID) bool { return g == id })
}

func (s *hostSeat) count(id peer.ID) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.met[id]
}

// lost returns who was told to be gone.
func (s *hostSeat) lost() []peer.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gone)
}

// hosts3 makes three members whose room is a Host.
func (x *field) hosts3() (rooms []*hostSeat) {
	for i := range 3 {
		s := newHostSeat(x.hub.enter(x.keys[i]))
		m := NewOn(x.hosts[i].Net(), s, Config{})
		if err := m.Err(); err != nil {
			x.t.Fatal(err)
		}
		x.ms, rooms = append(x.ms, m), append(rooms, s)
	}
	x.within(time.Second, "all direct", x.allDirect)
	time.Sleep(2 * tickEvery)
	return rooms
}

// away is a newcomer whose server is away, behind a NAT.
func (x *field) away(k peer.Key, text string) (*Mesh, *hostSeat) {
	s := newHostSeat(&seat{hub: x.hub, key: k})
	s.away, s.invite = true, text
	m := NewOn(x.lab.Behind(natlab.PortRestricted()).Net(), s, Config{})
	if err := m.Err(); err != nil {
		x.t.Fatal(err)
	}
	return m, s
}

// TestRoomsHearOfGuests: a room whose server is away is entered by a member; each
// room hears once of each process that it meets; a guest that is gone is told to be
// after two minutes, not before, one that comes back is met again, and one that is
// banned is let in by nobody.
func TestRoomsHearOfGuests(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		rooms := x.hosts3()
		for i, s := range rooms {
			for j, other := range x.keys {
				if i != j && s.count(other.ID()) != 1 {
					t.Errorf("room %d heard %d times of %d", i, s.count(other.ID()), j)
				}
			}
		}
		text, err := x.ms[1].Invite(time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := x.ms[1].Invite(time.Hour); again != text {
			t.Error("the invitation changes though nothing did")
		}
		key := testKey(51)
		id := key.ID()
		guest, room := x.away(key, text)
		x.ms = append(x.ms, guest)
		took := x.within(3*time.Second, "all linked", func() bool { return x.allLinked() && len(guest.Members()) == 4 })
		x.within(time.Second, "met", func() bool {
			for i, s := range rooms {
				if s.count(id) != 1 || room.count(x.keys[i].ID()) != 1 || !slices.Contains(x.ms[i].Members(), id) {
					return false
				}
			}
			return true
		})
		if err := guest.InviteErr(); err != nil {
			t.Errorf("it is in: %v", err)
		}
		t.Logf("in after %v", took)

		crash := func(m *Mesh) {
			m.Close()
			<-m.done
			x.ms = x.ms[:3]
		}
		crash(guest)
		time.Sleep(guestFor - 10*time.Second)
		for i, s := range rooms {
			if len(s.lost()) != 0 || !slices.Contains(x.ms[i].Members(), id) {
				t.Errorf("room %d does not wait two minutes: %v", i, s.lost())
			}
		}
		guest, _ = x.away(key, text)
		x.ms = append(x.ms, guest)
		x.within(3*time.Second, "all linked again", x.allLinked)
		x.within(time.Second, "met again", func() bool {
			return rooms[0].count(id) == 2 && rooms[1].count(id) == 2 && rooms[2].count(id) == 2
		})
		crash(guest)
		x.within(2*guestFor+time.Minute, "gone", func() bool {
			for i, s := range rooms {
				if !slices.Equal(s.lost(), []peer.ID{id}) || len(x.ms[i].Members()) != 3 {
					return false
				}
			}
			return true
		})

		for _, s := range rooms {
			s.mu.Lock()
			s.banned = append(s.banned, id)
			s.mu.Unlock()
		}
		guest, _ = x.away(key, text)
		x.ms = append(x.ms, guest)
		time.Sleep(5 * time.Second)
		for i, m := range x.ms[:3] {
			if m.State(id) != peer.Unlinked || guest.State(m.Self()) == peer.Linked {
				t.Errorf("member %d links with one that is banned", i)
			}
		}
		if err := guest.InviteErr(); !errors.Is(err, ErrInviteBarred) {
			t.Errorf("it is banned: %v", err)
		}
		for _, m := range x.ms {
			if st := m.Stats(); st.Junk != 0 || st.Forged != 0 {
				t.Errorf("%+v", st)
			}
		}
	})
}

// TestGuestLetsNobodyIn: who is in by a member's word alone is believed by nobody
// that it let somebody in.
func TestGuestLetsNobodyIn(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		rooms := x.hosts3()
		text, err := x.ms[1].Invite(time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		guest, _ := x.away(testKey(51), text)
		x.ms = append(x.ms, guest)
		x.within(3*time.Second, "all direct", x.allDirect)
		x.within(time.Second, "shown", func() bool { return rooms[0].Guest(guest.Self()) })
		v := &vouched{by: guest.Self()}
		copy(v.sig[:], guest.Sign(admission(x.hub.room, testKey(52).ID(), guest.Self())))
		if !guest.link(x.ms[0].Self()).hand(admissionText(testKey(52).ID(), v)) {
			t.Fatal("not sent")
		}
		time.Sleep(time.Second)
		if len(x.ms[0].Members()) != 4 {
			t.Error("a guest let somebody in")
		}
	})
}

// TestWhyNobodyOpens: the newcomer learns what is wrong with its invitation.
func TestWhyNobodyOpens(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		x.hosts3()
		host := x.ms[1]
		invite := func(m *Mesh, life time.Duration) string {
			text, err := m.Invite(life)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		good := invite(host, time.Hour)
		parsed := func(change func(v *knock.Invite)) string {
			v, err := knock.Parse(good)
			if err != nil {
				t.Fatal(err)
			}
			change(&v)
			return v.String()
		}
		short := invite(host, time.Second)
		time.Sleep(2 * time.Second)
		for _, c := range []struct {
			name, text string
			want       error
		}{
			{"cut off", good[:len(good)-9], ErrNoInvite},
			{"empty words", "hello", ErrNoInvite},
			{"expired", short, ErrInviteExpired},
			{"forged", parsed(func(v *knock.Invite) { v.Ticket[20] ^= 1 }), ErrInviteVoid},
			{"of a process before", parsed(func(v *knock.Invite) { v.Ticket = knock.NewTicket([32]byte{1}, v.Room, 1<<60) }), ErrInviteVoid},
			{"nobody there", parsed(func(v *knock.Invite) {
				for i := range v.Addresses {
					v.Addresses[i] = netip.AddrPortFrom(v.Addresses[i].Addr(), v.Addresses[i].Port()+1)
				}
			}), ErrInviteSilent},
		} {
			m, _ := x.away(testKey(50), c.text)
			time.Sleep(2 * time.Second)
			if err := m.InviteErr(); !errors.Is(err, c.want) || m.State(host.Self()) == peer.Linked {
				t.Errorf("%s: %v; want %v", c.name, err, c.want)
			}
			m.Close()
			<-m.done
		}
		x.hub.mu.Lock()
		x.hub.room = "room-2"
		x.hub.mu.Unlock()
		time.Sleep(time.Second)
		m, _ := x.away(testKey(50), good)
		time.Sleep(2 * time.Second)
		if err := m.InviteErr(); !errors.Is(err, ErrInviteElsewhere) {
			t.Errorf("another room: %v", err)
		}
		m.Close()
		<-m.done
		// Who does not know the ticket cannot tell the newcomer anything.
		v, err := knock.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		s := &invited{invite: v, on: true}
		if s.refuse(knock.Refusal(v.Member, knock.Ticket{}, knock.Expired)) || !s.refuse(knock.Refusal(v.Member, v.Ticket, knock.Expired)) {
			t.Error("refusals are believed from who did not see the ticket, or not at all")
		}
	})
}
