//go:build !js

package mesh

import (
	"bytes"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/knock"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestWhereToKnock: a newcomer behind a NAT that lets nobody in comes by a member
// that is public, or on a NAT that lets strangers in, as a router does that opened
// a port; not by one on a NAT that lets only those in whom it wrote to.
func TestWhereToKnock(t *testing.T) {
	for _, c := range []struct {
		name string
		nat  *natlab.NAT
		want bool
	}{
		{"public", nil, true},
		{"full cone", new(natlab.FullCone()), true},
		{"address-restricted", new(natlab.AddressRestricted()), false},
		{"port-restricted", new(natlab.PortRestricted()), false},
	} {
		inLabRoom(t, 1, weather.Weather{Latency: 25 * time.Millisecond}, 10*time.Millisecond, func(r *labRoom) {
			h := r.lab.Host()
			if c.nat != nil {
				h = r.lab.Behind(*c.nat)
			}
			keys := keysInOrder(2)
			ms := r.join([]*natlab.Host{h, r.lab.Host()}, keys, Config{})
			defer r.shut(ms...)
			if _, ok := r.linked(3*time.Second, ms...); !ok {
				t.Fatal("premise: not linked")
			}
			time.Sleep(time.Second) // it learns its address
			text, err := ms[0].Invite(time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			guest := NewInvitedOn(r.lab.Behind(natlab.PortRestricted()).Net(), text, testKey(51), Config{})
			defer r.shut(guest)
			_, in := r.until(5*time.Second, func() bool { return guest.State(ms[1].Self()) == peer.Linked })
			if err := guest.InviteErr(); in != c.want || !in && !errors.Is(err, ErrInviteSilent) || in && err != nil {
				t.Errorf("%s: in %v, %v", c.name, in, err)
			}
		})
	}
}

// TestOpenedPortIsInTheInvitation: the port that the router opened stands before
// all other addresses, as long as it is open.
func TestOpenedPortIsInTheInvitation(t *testing.T) {
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		opened := netip.MustParseAddrPort("192.0.2.77:4000")
		m := x.enterOn(platform{port: openPort{external: opened}}, Config{})
		x.enter(Config{})
		x.within(time.Second, "all direct", x.allDirect)
		text, err := m.Invite(time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		v, err := knock.Parse(text)
		if err != nil || len(v.Addresses) < 2 || v.Addresses[0] != opened || v.Addresses[1].Addr() != x.hosts[0].Addr() {
			t.Errorf("%v, %v", v.Addresses, err)
		}
		m.door.reach(netip.AddrPort{})
		if again, _ := m.Invite(time.Hour); again == text {
			t.Error("the port is closed, and the invitation still names it")
		}
	})
}

// TestOpenedPortIsACandidate: each member hears of the port that the router
// opened, with the description or after it.
func TestOpenedPortIsACandidate(t *testing.T) {
	for _, open := range []bool{true, false} {
		inLab(t, 2, 1, func(t *testing.T, x *field) {
			var mu sync.Mutex
			told := false
			x.hub.tap = func(from, _ peer.ID, b []byte) [][]byte {
				mu.Lock()
				defer mu.Unlock()
				told = told || from == x.keys[0].ID() && bytes.Contains(b, []byte(" 192.0.2.77 4000 typ srflx"))
				return [][]byte{b}
			}
			var port openPort
			if open {
				port.external = netip.MustParseAddrPort("192.0.2.77:4000")
			}
			x.enterOn(platform{port: port}, Config{})
			x.enter(Config{})
			x.within(time.Second, "all direct", x.allDirect)
			mu.Lock()
			defer mu.Unlock()
			if told != open {
				t.Errorf("the port is open: %v; the other member heard of it: %v", open, told)
			}
		})
	}
}
