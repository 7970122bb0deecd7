//go:build !js

package mesh

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestAccountIsRenewedBesideThePath: a path by TURN outlives its account, because
// another is made in time with the next one. Nothing that was sent is lost.
func TestAccountIsRenewedBesideThePath(t *testing.T) {
	const life = 20 * time.Second
	secret := []byte("a secret of the laboratory")
	inLabRoom(t, 1, weather.Weather{Latency: 10 * time.Millisecond}, 25*time.Millisecond, func(r *labRoom) {
		turn, err := r.stun.Relay(stunturn.TurnConfig{Secret: secret, Listen: r.server.Net().ListenPacket})
		if err != nil {
			t.Fatal(err)
		}
		addr, stuns := r.stun.Addr(), r.urls
		r.servers = func() []string { // new accounts come when half of the time is over
			account := stunturn.Mint(secret, "bo", time.Now().Truncate(life/2).Add(life))
			return append(slices.Clone(stuns), nat.ICEServer{
				Scheme: nat.TURN, Host: addr.Addr().String(), Port: addr.Port(), User: account.User, Password: account.Password,
			}.String())
		}
		random := natlab.SymmetricRandom()
		ms := r.join([]*natlab.Host{r.lab.Behind(random), r.lab.Behind(random)}, keysInOrder(2), Config{})
		if _, ok := r.linked(10*time.Second, ms...); !ok {
			t.Fatal("not linked")
		}
		if p := ms[0].Path(ms[1].Self()); p.Kind != TURNPath {
			t.Fatalf("not by TURN: %+v", p)
		}
		before := turn.Stats()
		in := collect(ms[1], peer.User)
		sent := 0
		for range int(2 * life / (100 * time.Millisecond)) {
			if err := ms[0].Send(ms[1].Self(), peer.User, fmt.Append(nil, sent)); err != nil {
				t.Fatalf("message %d: %v", sent, err)
			}
			sent++
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Second)
		path, after := ms[0].Path(ms[1].Self()), turn.Stats()
		var lost []Event
		for _, m := range ms {
			for e := range m.Events() {
				if _, ok := e.(Unlinked); ok {
					lost = append(lost, e)
				}
			}
		}
		r.shut(ms...)
		if path.Kind != TURNPath || after.Created == before.Created || len(lost) > 0 || in.len() != sent {
			t.Errorf("%v; %d of %d came; %+v\nbefore %+v\nafter %+v", lost, in.len(), sent, path, before, after)
		}
	})
}

// TestTurnUsers finds the accounts among the URLs that a room names.
func TestTurnUsers(t *testing.T) {
	account := nat.ICEServer{Scheme: nat.TURN, Host: "192.0.2.1", Port: 3478, User: "1000000:bo", Password: "x"}.String()
	got := turnUsers([]string{"stun:192.0.2.1:3478", "turn:who:pass@192.0.2.1:3478", "nonsense", account})
	if want := []string{"who", "1000000:bo"}; !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}
