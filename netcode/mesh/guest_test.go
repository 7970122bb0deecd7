//go:build !js

package mesh

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// TestNewcomerWithoutServer: the server is dead, and a newcomer behind a NAT
// comes in by a member's invitation: it is linked with all three, they talk, and
// an invitation that expired or was changed opens nothing.
func TestNewcomerWithoutServer(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		x.enterAll(3)
		lost := x.hub.kill()
		host := x.ms[1]
		text, err := host.Invite(time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		short, err := host.Invite(time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		v, err := knock.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		v.Ticket[20] ^= 1
		for name, bad := range map[string]string{"expired": short, "forged": v.String()} {
			m := NewInvitedOn(x.lab.Behind(natlab.PortRestricted()).Net(), bad, testKey(50), Config{})
			if m.Err() != nil {
				t.Fatal(m.Err())
			}
			refused := host.Stats().BadLetters
			time.Sleep(3 * time.Second)
			if m.State(host.Self()) == peer.Linked || len(host.Members()) != 3 || host.Stats().BadLetters == refused {
				t.Errorf("%s: a bad invitation opens the door: %v", name, host.Members())
			}
			m.Close()
			<-m.done
		}
		key := testKey(51)
		guest := NewInvitedOn(x.lab.Behind(natlab.PortRestricted()).Net(), text, key, Config{})
		if guest.Err() != nil {
			t.Fatal(guest.Err())
		}
		x.ms = append(x.ms, guest)
		took := x.within(3*time.Second, "all linked", func() bool { return x.allLinked() && len(guest.Members()) == 4 })
		direct := x.within(3*time.Second, "all direct", x.allDirect)
		for i, m := range x.ms {
			if len(m.Members()) != 4 {
				t.Errorf("player %d knows of %d members", i, len(m.Members()))
			}
			if i < 3 {
				in := collect(m, peer.User)
				if err := guest.Send(m.Self(), peer.User, []byte("hello")); err != nil {
					t.Error(err)
				}
				x.within(time.Second, "hello", func() bool { return in.len() == 1 })
			}
		}
		t.Logf("in after %v, directly linked with all after %v; the dead server lost %d letters", took, took+direct, lost())
		// It is gone, and after a while nobody waits for it.
		guest.Close()
		<-guest.done
		x.ms = x.ms[:3]
		x.within(2*guestFor+time.Minute, "forgotten", func() bool {
			return len(host.Members()) == 3 && len(x.ms[0].Members()) == 3 && len(x.ms[2].Members()) == 3
		})
		for _, m := range x.ms {
			if st := m.Stats(); st.Junk != 0 || st.Forged != 0 {
				t.Errorf("%+v", st)
			}
		}
	})
}

// TestForgedAdmissions: a member says that another one let somebody in. Nobody
// believes it without that member's own signature, over this room and this
// newcomer, and somebody who is in no room lets nobody in.
func TestForgedAdmissions(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) {
		x.enterAll(3)
		liar, told, named := x.ms[0], x.ms[1], x.ms[2]
		who, outsider := testKey(60).ID(), testKey(61)
		say := func(by peer.ID, sig []byte) {
			v := &vouched{by: by}
			copy(v.sig[:], sig)
			if !liar.link(told.Self()).hand(admissionText(who, v)) {
				t.Fatal("not sent")
			}
			time.Sleep(200 * time.Millisecond)
		}
		room := x.hub.room
		say(named.Self(), make([]byte, 64))
		say(named.Self(), liar.Sign(admission(room, who, named.Self())))
		say(named.Self(), named.Sign(admission("another room", who, named.Self())))
		say(named.Self(), named.Sign(admission(room, outsider.ID(), named.Self())))
		if n := told.Stats().Forged; n != 4 || len(told.Members()) != 3 || len(named.Members()) != 3 {
			t.Errorf("%d of 4 forged admissions were noticed; %d and %d members", n, len(told.Members()), len(named.Members()))
		}
		say(outsider.ID(), outsider.Sign(admission(room, who, outsider.ID())))
		if len(told.Members()) != 3 {
			t.Error("somebody who is not in the room let somebody in")
		}
		say(named.Self(), named.Sign(admission(room, who, named.Self())))
		if len(told.Members()) != 4 {
			t.Error("premise: the real admission is not believed either")
		}
	})
}

func TestBadInvitationIsRefused(t *testing.T) {
	m := NewInvited("nonsense", testKey(1), Config{})
	if m.Err() == nil || m.Close() != nil {
		t.Error(m.Err())
	}
	h := newHub()
	a := open(t, h, testKey(1))
	for _, life := range []time.Duration{-1, 0, 25 * time.Hour} {
		if _, err := a.Invite(life); err == nil {
			t.Errorf("an invitation for %v", life)
		}
	}
}
