//go:build linux

package main

import (
	"slices"
	"testing"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab/kernel"
)

// townServer is the lobby server's address in every town.
const townServer = "203.0.113.1:7420"

// town is two homes, each behind a NAT of its own, and the internet between
// them with a server in it.
type town struct {
	*kernel.Town
	names [2][]string // who is in each
}

// newTown skips where there is no leave to make one.
func newTown(t *testing.T) *town {
	t.Helper()
	if err := kernel.Check(); err != nil {
		t.Skip(err)
	}
	walls, err := kernel.NewTown(kernel.Cone, kernel.Cone)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(walls.Close)
	return &town{Town: walls, names: [2][]string{{"Window", "Page"}, {"Bot1", "Bot2"}}}
}

// check wants links between the sites through both NATs, and no server between.
func (w *town) check(t *testing.T, four *four) {
	t.Helper()
	four.awaitDirect(t)
	for i, names := range w.names {
		for _, p := range four.players {
			if !slices.Contains(names, p.name) {
				continue
			}
			for _, m := range p.now().Members {
				if m.Self {
					continue
				}
				t.Logf("%s to %s: %s, %s to %s", p.name, m.Name, m.Path, m.Local, m.Remote)
				across := slices.Contains(w.names[1-i], m.Name)
				if m.Path != "direct" || across && (m.Remote != "srflx" && m.Remote != "prflx" || m.Local == "relay" || m.Local == "") {
					t.Errorf("%s reaches %s %s, from its %s address to its %s address; want direct, through the NAT", p.name, m.Name, m.Path, m.Local, m.Remote)
				}
			}
		}
	}
	across := 0
	for _, p := range four.pairs(t) {
		if p.Local == "relay" || p.Remote == "relay" || p.Protocol != "udp" || p.Bytes == 0 {
			t.Errorf("a connection of the page goes %+v", p)
		}
		if p.Remote == "srflx" || p.Remote == "prflx" {
			across++
		}
	}
	if across < 2 {
		t.Errorf("%d connections of the page go through a NAT; want 2 at least", across)
	}
}

// checkTraffic wants what the links carried at the routers: all of it came from
// the other router's address, none from an address inside.
func (w *town) checkTraffic(t *testing.T) {
	t.Helper()
	for i, s := range w.Sites {
		got, err := s.Counted()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("site %d: %d packets from the other site's NAT, %d past it", i+1, got.Across, got.Stray)
		// Four links, and each carries a message per frame or two.
		if got.Across < fourFrames || got.Stray > 0 {
			t.Errorf("site %d: %d packets came from the other site's NAT, want %d at least; %d past it, want none", i+1, got.Across, fourFrames, got.Stray)
		}
	}
}
