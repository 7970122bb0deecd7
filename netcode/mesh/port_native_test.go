//go:build !js

package mesh

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// slowRouter is the port of a router that takes a second to close it.
type slowRouter struct {
	events *[]string
	number int
	done   chan struct{}
}

func (s *slowRouter) External() (netip.AddrPort, bool) {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(s.number)}), 4000), true
}

func (s *slowRouter) Stop() <-chan struct{} {
	*s.events = append(*s.events, "stop")
	time.AfterFunc(time.Second, func() { *s.events = append(*s.events, "closed"); close(s.done) })
	return s.done
}

// TestPortIsOpenedAfterTheOneBefore: the router hears of the old port's end before
// it hears of the new one, which has the same number.
func TestPortIsOpenedAfterTheOneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var events []string
		var o openPort
		n := 0
		open := func() routerPort {
			n++
			events = append(events, "open")
			return &slowRouter{&events, n, make(chan struct{})}
		}
		home, away := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		if o.follow(home, false, open) || n != 0 {
			t.Fatal("a port was opened where there is no NAT")
		}
		if !o.follow(home, true, open) || o.follow(home, true, open) || n != 1 {
			t.Fatalf("%d ports were opened", n)
		}
		news := false
		for range 3 * time.Second / tickEvery {
			news = o.follow(away, true, open) || news
			time.Sleep(tickEvery)
			synctest.Wait()
		}
		if want := []string{"open", "stop", "closed", "open"}; !slices.Equal(events, want) || !news || o.external.Addr() != away {
			t.Errorf("%v, want %v; the address is %v", events, want, o.external)
		}
	})
}

// TestCloseDoesNotWaitForASlowRouter: it waits for less than makes an error, and
// less still if it stopped the port long before.
func TestCloseDoesNotWaitForASlowRouter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, before := range []time.Duration{0, 100 * time.Millisecond, time.Second, 3 * time.Second} {
			var events []string
			p := platform{port: openPort{port: &slowRouter{&events, 1, make(chan struct{})}}}
			start := time.Now()
			p.stop()
			time.Sleep(before) // connections end
			p.waitForRouter()
			if took := time.Since(start); took != max(before, routerWithin) {
				t.Errorf("connections took %v, all %v", before, took)
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if want := []string{"stop", "closed"}; !slices.Equal(events, want) {
				t.Errorf("the router heard %v, want %v", events, want)
			}
		}
	})
	if routerWithin >= closeWithin {
		t.Error("waiting for a router alone makes Close late")
	}
}

// TestMappingTellsFromTheBeginning: sockets read while the mesh's goroutine works,
// so whom they tell of another address is settled before they are open.
func TestMappingTellsFromTheBeginning(t *testing.T) {
	m := &Mesh{cfg: Config{Loopback: true}.resolve()}
	m.notes.init()
	if err := m.platform.init(m); err != nil {
		t.Fatal(err)
	}
	defer m.platform.close()
	m.platform.outside.tell()
	if list := m.notes.take(); len(list) != 1 || list[0].kind != mappedNote {
		t.Errorf("the mesh was told %+v", list)
	}
}
