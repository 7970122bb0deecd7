//go:build !js

package mesh

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// TestLargestMoveFitsAnyPath: W12. On a path that carries no more than the least
// that IPv6 demands, and loses what is larger without a word, the handshake and
// the largest moves get through, one packet each, and bulk as well.
func TestLargestMoveFitsAnyPath(t *testing.T) {
	for _, c := range []struct {
		name string
		mtu  int
		six  bool
	}{{"IPv4", 1280, false}, {"IPv6", 1280, true}, {"too narrow", 700, false}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				large := 0 // datagrams of more than 1,000 bytes from here on
				lab := natlab.New(natlab.Config{Seed: 1, IPv6: c.six, Tap: func(_ *natlab.Host, _, _ netip.AddrPort, b []byte) bool {
					if len(b) > 1000 {
						large++
					}
					return true
				}})
				defer lab.Close()
				x := &field{t: t, lab: lab, hub: newHub(), keys: keysInOrder(2)}
				defer x.close()
				narrow := natlab.PortRestricted()
				narrow.MTU = c.mtu
				x.hosts = append(x.hosts, lab.Behind(narrow), lab.Host())
				a, b := x.enter(Config{}), x.enter(Config{})
				x.within(3*time.Second, "linked", x.allLinked)
				moves, bulk := collect(b, peer.Moves), collect(b, peer.Bulk)
				time.Sleep(2 * time.Second)
				large = 0
				const n = 20
				for range n {
					if err := a.Send(b.Self(), peer.Moves, make([]byte, peer.MaxDatagram)); err != nil && c.mtu >= 1280 {
						t.Fatal(err)
					}
					time.Sleep(gap60)
				}
				time.Sleep(100 * time.Millisecond)
				if c.mtu < 1280 {
					if moves.len() != 0 || lab.Counters().TooBig < 5 {
						t.Errorf("%d moves came over a path that is too narrow: %+v", moves.len(), lab.Counters())
					}
					return
				}
				if moves.len() != n || large != n {
					t.Errorf("%d of %d moves came, in %d packets", moves.len(), n, large)
				}
				if err := a.Send(b.Self(), peer.Bulk, make([]byte, peer.MaxMessage)); err != nil {
					t.Fatal(err)
				}
				x.within(2*time.Second, "bulk", func() bool { return bulk.len() == 1 })
				if big := lab.Counters().TooBig; big != 0 {
					t.Errorf("%d packets were larger than %d bytes", big, c.mtu)
				}
			})
		})
	}
}
