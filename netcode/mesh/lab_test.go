//go:build !js

package mesh

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// gap60 is the time from one move to the next.
const gap60 = time.Second / 60

// field is a room whose members sit on hosts of a laboratory, in virtual time.
type field struct {
	t     *testing.T
	lab   *natlab.Lab
	hub   *hub
	keys  []peer.Key
	hosts []*natlab.Host
	ms    []*Mesh
}

// inLab runs f with n public hosts that are 25 ms apart, and no mesh yet.
func inLab(t *testing.T, n int, seed uint64, f func(t *testing.T, f *field)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		lab := natlab.New(natlab.Config{Seed: seed, Weather: weather.Weather{Latency: 25 * time.Millisecond}})
		defer lab.Close()
		x := &field{t: t, lab: lab, hub: newHub(), keys: keysInOrder(n)}
		for range n {
			x.hosts = append(x.hosts, lab.Host())
		}
		defer x.close()
		f(t, x)
	})
}

// enterAll lets n players in, and returns when all have direct ways.
func (x *field) enterAll(n int) {
	x.t.Helper()
	for range n {
		x.enter(Config{})
	}
	x.within(3*time.Second, "direct", x.allDirect)
}

// inPair runs f with two players whose letters go by the server alone, and whose
// direct connection is two seconds old.
func inPair(t *testing.T, f func(t *testing.T, x *field, a, b *Mesh)) {
	t.Helper()
	inLab(t, 2, 1, func(t *testing.T, x *field) {
		a, b := x.enter(Config{noCouriers: true}), x.enter(Config{noCouriers: true})
		x.within(3*time.Second, "direct", x.allDirect)
		time.Sleep(2 * time.Second)
		f(t, x, a, b)
	})
}

// enter makes the mesh of one member more.
func (x *field) enter(cfg Config) *Mesh { return x.enterOn(platform{}, cfg) }

// enterOn is enter with a platform of the test's own.
func (x *field) enterOn(on platform, cfg Config) *Mesh {
	x.t.Helper()
	i := len(x.ms)
	on.net = x.hosts[i].Net()
	m := start(on, x.hub.enter(x.keys[i]), cfg)
	if err := m.Err(); err != nil {
		x.t.Fatal(err)
	}
	x.ms = append(x.ms, m)
	return m
}

func (x *field) close() {
	for _, m := range x.ms {
		m.Close()
		<-m.done
	}
	x.ms = nil
}

// within waits at most so long, in virtual time, until cond holds, and returns
// how long that took.
func (x *field) within(most time.Duration, what string, cond func() bool) time.Duration {
	x.t.Helper()
	start := time.Now()
	for !cond() {
		if time.Since(start) > most {
			x.t.Fatalf("%s: not within %v", what, most)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(start)
}

// allLinked says whether every member is linked with every other one.
func (x *field) allLinked() bool {
	for _, a := range x.ms {
		for _, b := range x.ms {
			if a != b && a.State(b.Self()) != peer.Linked {
				return false
			}
		}
	}
	return true
}

// allDirect says whether every member has a direct way to every other one.
func (x *field) allDirect() bool {
	for _, a := range x.ms {
		for _, b := range x.ms {
			if a != b && !a.Path(b.Self()).Direct {
				return false
			}
		}
	}
	return true
}
