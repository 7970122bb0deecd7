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
		for range 3 {
			x.enter(Config{})
		}
		x.within(time.Second, "all direct", x.allDirect)
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
