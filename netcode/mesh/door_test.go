//go:build !js

package mesh

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// beyond is how many more than a bound allows are tried.
const beyond = 10

// knocker returns a datagram of somebody who has an invitation of m; a part of a
// letter may follow.
func knocker(t *testing.T, m *Mesh, id peer.ID) []byte {
	t.Helper()
	text, err := m.Invite(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	v, err := knock.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	head := append([]byte{knockByte, knockMark}, v.Ticket[:]...)
	return append(head, id[:]...)
}

// TestDoorIsBounded: so many datagrams a second are looked at, and so many
// newcomers may knock at a time.
func TestDoorIsBounded(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		x.enterAll(2)
		m := x.ms[0]
		from := netip.MustParseAddrPort("203.0.113.99:4000")
		time.Sleep(time.Second)
		was := m.Stats()
		for range maxKnocks + beyond {
			m.door.receive(m, from, []byte{knockByte, 99})
		}
		if st := m.Stats(); st.BadLetters-was.BadLetters != maxKnocks || st.FloodedLetters-was.FloodedLetters != beyond {
			t.Errorf("of %d datagrams in a second %d were read and %d dropped", maxKnocks+beyond,
				st.BadLetters-was.BadLetters, st.FloodedLetters-was.FloodedLetters)
		}
		time.Sleep(time.Second)
		was = m.Stats()
		for i := range maxGuests + beyond {
			m.door.receive(m, from, knocker(t, m, testKey(byte(100+i)).ID()))
		}
		if n := m.Stats().BadLetters - was.BadLetters; n != beyond {
			t.Errorf("%d of %d newcomers were turned away; want %d", n, maxGuests+beyond, beyond)
		}
		time.Sleep(time.Second)
		if n := len(m.Members()); n != 2+maxGuests {
			t.Errorf("%d members; want 2 and %d who knock", n, maxGuests)
		}
		time.Sleep(guestFor)
		if n := len(m.Members()); n != 2 {
			t.Errorf("%d members after those who knocked were gone", n)
		}
	})
}

// TestAdmissionsAreBounded: one member lets in half of what there is room for, and
// all together no more than that.
func TestAdmissionsAreBounded(t *testing.T) {
	inLab(t, 4, 1, func(t *testing.T, x *field) {
		x.enterAll(4)
		told, next := x.ms[0], byte(100)
		for i, by := range x.ms[1:] {
			for range maxGuests/2 + beyond {
				who := testKey(next).ID()
				next++
				v := &vouched{by: by.Self()}
				copy(v.sig[:], by.Sign(admission(x.hub.room, who, by.Self())))
				if !by.link(told.Self()).hand(admissionText(who, v)) {
					t.Fatal("not sent")
				}
			}
			time.Sleep(2 * time.Second)
			if n, want := len(told.Members()), 4+min(maxGuests, (i+1)*maxGuests/2); n != want {
				t.Errorf("%d members after %d had let %d in each; want %d", n, i+1, maxGuests/2+beyond, want)
			}
		}
	})
}

// TestBannedGuestIsNotPassedOn: whose room bans a player does not tell others that
// it was let in.
func TestBannedGuestIsNotPassedOn(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		rooms := x.hosts3()
		by, told, third := x.ms[0], x.ms[1], x.ms[2]
		say := func(who peer.ID) {
			v := &vouched{by: by.Self()}
			copy(v.sig[:], by.Sign(admission(x.hub.room, who, by.Self())))
			if !by.link(told.Self()).hand(admissionText(who, v)) {
				t.Fatal("not sent")
			}
			time.Sleep(time.Second)
		}
		barred := testKey(60).ID()
		rooms[1].mu.Lock()
		rooms[1].banned = append(rooms[1].banned, barred)
		rooms[1].mu.Unlock()
		say(barred)
		if len(told.Members()) != 3 || len(third.Members()) != 3 {
			t.Errorf("%d and %d members with one that is banned", len(told.Members()), len(third.Members()))
		}
		say(testKey(61).ID())
		if len(told.Members()) != 4 || len(third.Members()) != 4 {
			t.Errorf("premise: %d and %d members with one that is not", len(told.Members()), len(third.Members()))
		}
	})
}

// TestNobodyKnocksForAMember: somebody with an invitation knocks under the ID of a
// member that is linked: that address hears nothing.
func TestNobodyKnocksForAMember(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		x.enterAll(2)
		m, other := x.ms[1], x.ms[0] // the lower one asks
		sock, err := x.lab.Host().Net().ListenPacket("udp4", ":0")
		if err != nil {
			t.Fatal(err)
		}
		defer sock.Close()
		text, err := m.Invite(time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		v, err := knock.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		to := v.Addresses[0]
		ask := func(id peer.ID) (heard int) {
			knock.Split(knocker(t, m, id), 7, helloText(), func(part []byte) {
				if _, err := sock.WriteTo(part, addrOf(to)); err != nil {
					t.Fatal(err)
				}
			})
			sock.SetReadDeadline(time.Now().Add(3 * time.Second))
			for buf := make([]byte, 2000); ; heard++ {
				if _, _, err := sock.ReadFrom(buf); err != nil {
					return heard
				}
			}
		}
		if n := ask(other.Self()); n != 0 {
			t.Errorf("%d datagrams for a member that is linked went to somebody else", n)
		}
		if ask(testKey(77).ID()) == 0 {
			t.Error("premise: a newcomer hears nothing either")
		}
	})
}

// helloText is a hello of a process that nobody knows: it asks, as the lower ID
// does, and anybody can write it.
func helloText() []byte {
	l := letter.Letter{Kind: letter.Hello, Ask: true, From: 12345}
	return l.Append(nil)
}

// TestOneKnockIsNotAnsweredForever: who knocks once under an ID, perhaps from an
// address that is not its own, draws letters there for answerFor and no longer.
func TestOneKnockIsNotAnsweredForever(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		x.enterAll(2)
		m := x.ms[1]
		sock, err := x.lab.Host().Net().ListenPacket("udp4", ":0")
		if err != nil {
			t.Fatal(err)
		}
		defer sock.Close()
		text, err := m.Invite(time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		v, err := knock.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sock.WriteTo(knocker(t, m, testKey(77).ID()), addrOf(v.Addresses[0])); err != nil {
			t.Fatal(err)
		}
		heard := func(most time.Duration) (n int) {
			sock.SetReadDeadline(time.Now().Add(most))
			for buf := make([]byte, 2000); ; n++ {
				if _, _, err := sock.ReadFrom(buf); err != nil {
					return n
				}
			}
		}
		if heard(answerFor) == 0 {
			t.Fatal("premise: a newcomer that knocks hears nothing")
		}
		heard(time.Second) // what was under way
		if n := heard(guestFor - answerFor - 2*time.Second); n != 0 {
			t.Errorf("%d datagrams went to an address that knocked once, %v ago and more", n, answerFor)
		}
		if len(m.Members()) != 3 {
			t.Error("premise: it is not waited for any more")
		}
	})
}

func addrOf(a netip.AddrPort) net.Addr { return net.UDPAddrFromAddrPort(a) }
