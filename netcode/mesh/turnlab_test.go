//go:build !js

package mesh

import (
	"fmt"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestByTURN is row 2 for two players alone: behind NATs that nobody can predict
// they play by way of a TURN server within 1.5 s of joining.
func TestByTURN(t *testing.T) {
	const limit = 1500 * time.Millisecond
	secret := []byte("a secret of the laboratory")
	random := []natlab.NAT{natlab.SymmetricRandom()}
	home := []natlab.NAT{natlab.Carrier(), natlab.PortRestricted()}
	for _, tc := range []struct {
		name string
		a, b []natlab.NAT
	}{
		{"random ports on both sides", random, random},
		{"a provider's NAT and one at home, on both sides", home, home},
		{"a provider's NAT and random ports", home, random},
	} {
		t.Run(tc.name, func(t *testing.T) {
			seeds.Each(t, 3, func(t *testing.T, seed uint64) {
				inLabRoom(t, seed, weather.Weather{Latency: 10 * time.Millisecond, Jitter: 2 * time.Millisecond}, 25*time.Millisecond, func(r *labRoom) {
					turn, err := r.stun.Relay(stunturn.TurnConfig{Secret: secret, Listen: r.server.Net().ListenPacket})
					if err != nil {
						t.Fatal(err)
					}
					account := stunturn.Mint(secret, "bo", time.Now().Add(time.Hour))
					addr := r.stun.Addr()
					r.urls = append(r.urls, nat.ICEServer{
						Scheme: nat.TURN, Host: addr.Addr().String(), Port: addr.Port(), User: account.User, Password: account.Password,
					}.String())
					ms := r.join([]*natlab.Host{r.lab.Behind(tc.a...), r.lab.Behind(tc.b...)}, keysInOrder(2), Config{})
					took, ok := r.linked(10*time.Second, ms...)
					ab, ba := ms[0].Path(ms[1].Self()), ms[1].Path(ms[0].Self())
					stats := turn.Stats()
					r.shut(ms...)
					t.Logf("linked after %v; %+v", took, stats)
					relayed := (ab.Local == RelayAddress || ab.Remote == RelayAddress) && (ba.Local == RelayAddress || ba.Remote == RelayAddress)
					if !ok || took > limit || !relayed || ab.Direct || ba.Direct || stats.BytesUp == 0 || stats.BytesDown == 0 || stats.Refused > 0 {
						t.Errorf("linked after %v, want %v and by TURN: %+v\n%+v\n%s", took, limit, stats, ab, fmt.Sprint(ba))
					}
				})
			})
		})
	}
}
