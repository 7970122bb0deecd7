//go:build !js

package mesh

import (
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestPlayThroughAPeer: two that no NAT lets meet join a room with a third one,
// and no TURN server: a move of each reaches the other within 1.5 s. The round
// trip is 20 ms, and a letter takes 50 ms.
func TestPlayThroughAPeer(t *testing.T) {
	random := []natlab.NAT{natlab.SymmetricRandom()}
	carrier := []natlab.NAT{natlab.SymmetricRandom(), natlab.PortRestricted()}
	for _, c := range []struct {
		name string
		a, b []natlab.NAT
	}{
		{"both random", random, random},
		{"carrier and home", carrier, carrier},
		{"carrier and random", carrier, random},
		{"provider and home", []natlab.NAT{natlab.Carrier(), natlab.PortRestricted()}, []natlab.NAT{natlab.Carrier(), natlab.PortRestricted()}},
	} {
		for _, third := range []struct {
			name string
			nats []natlab.NAT
		}{{"public", nil}, {"full cone", []natlab.NAT{natlab.FullCone()}}} {
			t.Run(c.name+" through "+third.name, func(t *testing.T) {
				seeds.Each(t, 2, func(t *testing.T, seed uint64) {
					inLabRoom(t, seed, weather.Weather{Latency: 10 * time.Millisecond}, 50*time.Millisecond, func(r *labRoom) {
						hosts := []*natlab.Host{r.lab.Behind(c.a...), r.lab.Behind(c.b...), r.lab.Behind(third.nats...)}
						ms := r.join(hosts, keysInOrder(3), Config{})
						defer r.shut(ms...)
						a, b := ms[0], ms[1]
						atA, atB := collect(a, peer.Moves), collect(b, peer.Moves)
						took, ok := r.until(1500*time.Millisecond, func() bool {
							_ = a.Send(b.Self(), peer.Moves, []byte("move"))
							_ = b.Send(a.Self(), peer.Moves, []byte("move"))
							return atA.len() > 0 && atB.len() > 0
						})
						p := a.Path(b.Self())
						if !ok || p.RelayedBy != ms[2].Self() {
							t.Fatalf("playing: %v; the path is %+v", ok, p)
						}
						t.Logf("playing through the third after %v", took)
					})
				})
			})
		}
	}
}
