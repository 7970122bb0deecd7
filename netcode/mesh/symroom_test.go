//go:build !js

package mesh

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// symmetricRoom is players behind symmetric NATs who enter a room at about the
// same time: each uses up ports that the others were told to be the next ones.
type symmetricRoom struct {
	name  string
	sites []int // of each player; who is where is shuffled
	page  int   // the player who is like a browser, or -1
	// linked is the limit for the whole room, maybe through a third, and direct
	// the one of each pair without the page.
	linked, direct time.Duration
}

var symmetricRooms = []symmetricRoom{
	{"four sites", []int{0, 1, 2, 3}, -1, 1500 * time.Millisecond, 1200 * time.Millisecond},
	// They share the ports of one NAT, and cannot count what the others use up.
	{"three behind one", []int{0, 0, 0, 1}, -1, 1500 * time.Millisecond, 1200 * time.Millisecond},
	// A browser paces what it sends and does not go by a plan: it is not held to
	// a time here, but must not keep the others apart.
	{"one is a page", []int{0, 1, 2, 3}, 2, 0, 1200 * time.Millisecond},
}

// TestSymmetricRoom lets players behind symmetric NATs enter within 100 ms.
func TestSymmetricRoom(t *testing.T) {
	for _, room := range symmetricRooms {
		t.Run(room.name, func(t *testing.T) {
			var direct, linked []time.Duration
			seeds.Each(t, 5, func(t *testing.T, seed uint64) {
				dice := weather.NewDice(seed + 77)
				inLabRoom(t, seed, weather.Weather{Latency: 10 * time.Millisecond}, 10*time.Millisecond, func(r *labRoom) {
					d, l := room.play(r, &dice)
					direct, linked = append(direct, d...), append(linked, l)
				})
			})
			slices.Sort(direct)
			slices.Sort(linked)
			fast := 0
			for _, d := range direct {
				if d <= 1200*time.Millisecond {
					fast++
				}
			}
			most := len(direct) - 1
			t.Logf("%d of %d pairs direct within 1.2 s, p50 %v, max %v; all linked p50 %v, max %v",
				fast, len(direct), direct[most/2], direct[most], linked[len(linked)/2], linked[len(linked)-1])
		})
	}
}

// play returns how long it took each pair without the page to be direct since
// both had entered, and the room to be linked since the last one had.
func (room symmetricRoom) play(r *labRoom, dice *weather.Dice) (direct []time.Duration, linked time.Duration) {
	sites := map[int]*natlab.Site{}
	var hosts []*natlab.Host
	order := slices.Clone(room.sites)
	for i := range order {
		j := i + int(dice.Below(uint64(len(order)-i)))
		order[i], order[j] = order[j], order[i]
	}
	for _, s := range order {
		if sites[s] == nil {
			sites[s] = r.lab.Site(natlab.SymmetricSequential())
		}
		hosts = append(hosts, sites[s].Host())
	}
	keys := keysInOrder(len(hosts))
	began := time.Now()
	ms := make([]*Mesh, len(hosts))
	at := map[[2]int]time.Duration{}
	var entered []time.Duration
	for range hosts {
		entered = append(entered, time.Duration(dice.Below(100))*time.Millisecond)
	}
	r.until(10*time.Second, func() bool {
		now := time.Since(began)
		for i := range hosts {
			if ms[i] == nil && now >= entered[i] {
				ms[i] = r.enterAs(platform{net: hosts[i].Net(), plain: i == room.page}, keys[i], Config{})
			}
		}
		all := true
		for i, a := range ms {
			for j, b := range ms {
				if i >= j || a == nil || b == nil {
					all = all && i >= j
					continue
				}
				up := a.State(b.Self()) == peer.Linked && b.State(a.Self()) == peer.Linked
				all = all && up
				if pair := [2]int{i, j}; at[pair] == 0 && a.Path(b.Self()).Direct && b.Path(a.Self()).Direct {
					at[pair] = now - max(entered[i], entered[j])
				}
			}
		}
		if all && linked == 0 {
			linked = max(1, now-slices.Max(entered))
		}
		return linked > 0 && len(at) == len(hosts)*(len(hosts)-1)/2
	})
	for i := range hosts {
		for j := range i {
			d, ok := at[[2]int{j, i}]
			if i == room.page || j == room.page {
				continue
			}
			if direct = append(direct, d); !ok || d > room.direct {
				r.t.Errorf("%d and %d: direct after %v (%v), want within %v", j, i, d, ok, room.direct)
			}
		}
	}
	if room.linked > 0 && (linked == 0 || linked > room.linked) {
		r.t.Errorf("all linked after %v, want within %v", linked, room.linked)
	}
	if c := r.lab.Counters(); c.Refused == 0 {
		r.t.Errorf("the routers refused nothing: %+v", c)
	}
	r.shut(ms...)
	return direct, linked
}
