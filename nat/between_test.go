//go:build !js

package nat_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// site is one kind of router and what a probe behind it found.
type site struct {
	nat    natlab.NAT
	report nat.Report
}

// sites are all kinds of mapping and filtering, with ports that can be guessed
// and that cannot.
func sites(t *testing.T) (all []site) {
	t.Helper()
	for mapping := range mappings {
		for filtering := range filterings {
			for _, ports := range []natlab.Ports{natlab.Sequential, natlab.Random} {
				s := site{nat: natlab.NAT{Mapping: natlab.Dependence(mapping), Filtering: natlab.Dependence(filtering), Ports: ports}}
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, natlab.Config{Seed: uint64(len(all)), Weather: rtt50}, 2, 2)
					defer w.close()
					s.report, _ = w.probe(t, w.lab.Site(s.nat).Host())
				})
				all = append(all, s)
			}
		}
	}
	return all
}

// puncher does what ICE does: it sends to the address that it was told and to
// every address that it heard from.
type puncher struct {
	conn net.PacketConn
	mu   sync.Mutex
	to   []netip.AddrPort
	met  bool // an answer came: the other one hears us, and we it
}

// The two packets of a puncher.
const knock, heard = "knock", "heard"

func (p *puncher) read() {
	buf := make([]byte, 100)
	for {
		n, from, err := p.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		if string(buf[:n]) == heard {
			p.met = true
		}
		p.to = append(p.to[:min(len(p.to), 1)], from.(*net.UDPAddr).AddrPort())
		p.mu.Unlock()
		if string(buf[:n]) == knock {
			p.conn.WriteTo([]byte(heard), from)
		}
	}
}

func (p *puncher) knock() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, to := range p.to {
		p.conn.WriteTo([]byte(knock), net.UDPAddrFromAddrPort(to))
	}
	return p.met
}

// punch lets two hosts behind routers of their own try to meet at the addresses
// that a STUN server saw.
func punch(t *testing.T, w *world, a, b natlab.NAT) bool {
	t.Helper()
	var both [2]*puncher
	var told [2]netip.AddrPort
	var readers sync.WaitGroup
	for i, n := range []natlab.NAT{a, b} {
		conn, err := w.lab.Site(n).Host().Net().ListenPacket("udp4", "0.0.0.0:0")
		if err != nil {
			t.Fatal(err)
		}
		survey := nat.NewSurvey([]netip.AddrPort{w.server.Addr()})
		to, packet, _ := survey.Poll(0)
		conn.WriteTo(packet, net.UDPAddrFromAddrPort(to))
		buf := make([]byte, 100)
		n, from, err := conn.ReadFrom(buf)
		if err != nil || !survey.Receive(0, from.(*net.UDPAddr).AddrPort(), buf[:n]) {
			t.Fatal(err)
		}
		told[i] = survey.Mapped()[0].Public
		both[i] = &puncher{conn: conn}
		readers.Go(both[i].read)
	}
	both[0].to, both[1].to = told[1:2:2], told[0:1:1]
	met := false
	for range 20 {
		m0, m1 := both[0].knock(), both[1].knock()
		met = met || m0 && m1
		time.Sleep(50 * time.Millisecond)
	}
	for _, p := range both {
		p.conn.Close()
	}
	readers.Wait()
	return met
}

// TestBetweenIsTrue tries every pair: those meet that are said to.
func TestBetweenIsTrue(t *testing.T) {
	all := sites(t)
	direct, other := 0, 0
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, natlab.Config{Weather: rtt50}, 1, 1)
		defer w.close()
		for i, a := range all {
			for _, b := range all[i:] {
				a.report.V4.Public = netip.MustParseAddrPort("192.0.2.1:1") // not one home
				want := nat.Between(a.report, b.report)
				if back := nat.Between(b.report, a.report); back != want {
					t.Errorf("%v to %v: %v, and back %v", kindName(a.nat), kindName(b.nat), want, back)
				}
				met := punch(t, w, a.nat, b.nat)
				if met != (want == nat.ExpectDirect) {
					t.Errorf("%v and %v: met %v, expected %v", kindName(a.nat), kindName(b.nat), met, want)
				}
				if met {
					direct++
				} else {
					other++
				}
			}
		}
	})
	if direct < 50 || other < 30 {
		t.Errorf("%d pairs met and %d did not", direct, other)
	}
	t.Logf("%d pairs met and %d did not", direct, other)
}
