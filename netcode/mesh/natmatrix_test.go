//go:build !js

package mesh

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// TestNATMatrix puts players behind each kind of NAT but those whose ports are
// random: every pair meets directly, at a round trip of 20 ms.
func TestNATMatrix(t *testing.T) {
	began := time.Now()
	kinds := natlab.Kinds()[:5]
	limit := func(a, b string) time.Duration {
		symmetric := strings.Count(a+b, "symmetric")
		switch {
		case symmetric == 2:
			return 1200 * time.Millisecond
		case symmetric == 1 && strings.Contains(a+b, "port-restricted"):
			return 700 * time.Millisecond
		case symmetric == 1 && strings.Contains(a+b, "address-restricted"):
			return 600 * time.Millisecond
		}
		return 400 * time.Millisecond
	}
	pairs := 0
	for _, a := range kinds {
		for _, b := range kinds {
			pairs++
			t.Run(a.Name+" and "+b.Name, func(t *testing.T) {
				inLabRoom(t, 1, weather.Weather{Latency: 10 * time.Millisecond}, 10*time.Millisecond, func(r *labRoom) {
					ms := r.join([]*natlab.Host{r.lab.Behind(a.NATs...), r.lab.Behind(b.NATs...)}, keysInOrder(2), Config{})
					took, ok := r.linked(10*time.Second, ms...)
					paths := fmt.Sprintf("%+v\n%+v", ms[0].Path(ms[1].Self()), ms[1].Path(ms[0].Self()))
					direct := ms[0].Path(ms[1].Self()).Direct && ms[1].Path(ms[0].Self()).Direct
					r.shut(ms...)
					t.Logf("linked after %v", took)
					if c := r.lab.Counters(); strings.Contains(a.Name+b.Name, "symmetric") && strings.Contains(a.Name+b.Name, "restricted") && c.Refused == 0 {
						t.Errorf("the routers refused nothing: %+v", c)
					}
					if !ok || took > limit(a.Name, b.Name) || !direct {
						t.Errorf("linked after %v, direct is %v; want within %v\n%s", took, direct, limit(a.Name, b.Name), paths)
					}
				})
			})
		}
	}
	t.Logf("%d pairs in %v of real time", pairs, time.Since(began))
	if took := time.Since(began); took > 10*time.Second && !underRace {
		t.Errorf("the whole matrix took %v of real time, want at most 10 s", took)
	}
}

// TestSymmetricPairMeetsWhileOthersTalk lets other machines behind both routers
// take ports at random moments, on lossy lines.
func TestSymmetricPairMeetsWhileOthersTalk(t *testing.T) {
	nat := natlab.SymmetricSequential()
	var used atomic.Int64
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		dice := weather.NewDice(seed)
		inLabRoom(t, seed, weather.Weather{Latency: 10 * time.Millisecond, Loss: weather.Percent(2)}, 10*time.Millisecond, func(r *labRoom) {
			var hosts []*natlab.Host
			stop := make(chan struct{})
			var busy sync.WaitGroup
			for range 2 {
				site := r.lab.Site(nat)
				hosts = append(hosts, site.Host())
				c, err := site.Host().Net().ListenPacket("udp4", "0.0.0.0:0")
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				for range 6 {
					pause := time.Duration(dice.Below(150)) * time.Millisecond
					far := &net.UDPAddr{IP: r.server.Addr().AsSlice(), Port: 10000 + int(dice.Below(1000))}
					busy.Go(func() {
						select {
						case <-time.After(pause):
							_, _ = c.WriteTo([]byte{1}, far)
							used.Add(1)
						case <-stop:
						}
					})
				}
			}
			ms := r.join(hosts, keysInOrder(2), Config{})
			took, ok := r.linked(10*time.Second, ms...)
			close(stop)
			busy.Wait()
			r.shut(ms...)
			if !ok || took > 1200*time.Millisecond {
				t.Errorf("linked after %v, want within 1.2 s", took)
			}
		})
	})
	if used.Load() == 0 {
		t.Error("nobody else used a port")
	}
}

// TestSymmetricPairNeedsPrediction: with one STUN port there is nothing to
// predict from, and two symmetric NATs keep their players apart.
func TestSymmetricPairNeedsPrediction(t *testing.T) {
	inLabRoom(t, 1, weather.Weather{Latency: 10 * time.Millisecond}, 10*time.Millisecond, func(r *labRoom) {
		r.urls = r.urls[:1]
		nat := natlab.SymmetricSequential()
		ms := r.join([]*natlab.Host{r.lab.Behind(nat), r.lab.Behind(nat)}, keysInOrder(2), Config{})
		if took, ok := r.linked(5*time.Second, ms...); ok {
			t.Errorf("linked after %v: the laboratory's NATs do not keep anybody apart", took)
		}
		if ms[0].State(ms[1].Self()) != peer.Linking {
			t.Errorf("the state is %v", ms[0].State(ms[1].Self()))
		}
		r.shut(ms...)
	})
}

// TestSymmetricAndPage: one end is behind a symmetric NAT, the other one's router
// lets in only whom it sent to, and one of them is like a browser, which knows
// nothing but candidates.
func TestSymmetricAndPage(t *testing.T) {
	moving, strict := natlab.SymmetricSequential(), natlab.PortRestricted()
	for _, tc := range []struct {
		name string
		nats [2]natlab.NAT
		page int
	}{
		{"symmetric page offers", [2]natlab.NAT{moving, strict}, 0},
		{"symmetric page answers", [2]natlab.NAT{strict, moving}, 1},
		{"strict page offers", [2]natlab.NAT{strict, moving}, 0},
		{"strict page answers", [2]natlab.NAT{moving, strict}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inLabRoom(t, 1, weather.Weather{Latency: 10 * time.Millisecond}, 10*time.Millisecond, func(r *labRoom) {
				keys := keysInOrder(2)
				for _, k := range keys {
					r.hub.members = append(r.hub.members, k.ID())
				}
				var ms []*Mesh
				for i, k := range keys {
					ms = append(ms, r.enterAs(platform{net: r.lab.Behind(tc.nats[i]).Net(), plain: i == tc.page}, k, Config{}))
				}
				took, ok := r.linked(10*time.Second, ms...)
				r.shut(ms...)
				t.Logf("linked after %v", took)
				if !ok || took > 700*time.Millisecond {
					t.Errorf("linked after %v, want within 700 ms", took)
				}
			})
		})
	}
}
