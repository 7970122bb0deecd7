//go:build !js

package main

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/bench/connect"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// ownMost is how much the mesh may allocate per message: a tick may, twenty times a
// second; a message may not.
const ownMost = 0.05

// TestMessagesTable: every message comes back through every stack, and the mesh
// allocates nothing of its own.
func TestMessagesTable(t *testing.T) {
	table, err := messagesTable(quick)
	// On a busy machine Moves may be late, and late ones are dropped; and more ticks
	// come between them, which may allocate.
	busy := func(r Row) bool {
		return strings.Contains(r.Refused, "was lost") || r.Refused == "" && r.Cells[table.column("own")].Number != nil && at(t, &table, r, "own") > ownMost
	}
	for range 4 {
		if err != nil || !slices.ContainsFunc(table.Rows, busy) {
			break
		}
		table, err = messagesTable(quick)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Rows) != 2*len(stacks) {
		t.Fatalf("%d rows", len(table.Rows))
	}
	for i, r := range table.Rows {
		name := r.Cells[0].Text + ", " + r.Cells[1].Text
		if r.Refused != "" {
			t.Errorf("%s: %s", name, r.Refused)
			continue
		}
		plan := quick.messagePlan().paces[i/len(stacks)]
		if got := at(t, &table, r, "messages"); got != float64(plan.rounds*plan.each) {
			t.Errorf("%s: %v round trips", name, got)
		}
		p50, p95, p99 := at(t, &table, r, "p50"), at(t, &table, r, "p95"), at(t, &table, r, "p99")
		if p50 <= 0 || p95 < p50 || p99 < p95 || at(t, &table, r, "ratio50") <= 0 {
			t.Errorf("%s: p50 %v, p95 %v, p99 %v", name, p50, p95, p99)
		}
		if i == len(stacks)+ours {
			if own := at(t, &table, r, "own"); own > ownMost {
				t.Errorf("the mesh allocates %v objects per message", own)
			}
			at(t, &table, r, "more")
			at(t, &table, r, "above")
		}
	}
}

// TestAllocsHaveAnOwner: what this package allocates is seen, all of it.
func TestAllocsHaveAnOwner(t *testing.T) {
	const n = 1000
	kept := make([]*[64]byte, 0, n)
	by, err := allocsIn(func() error {
		for range n {
			kept = append(kept, new([64]byte))
		}
		return nil
	})
	if got := by[reflect.TypeFor[probe]().PkgPath()]; err != nil || len(kept) != n || got < n || got > n+50 {
		t.Errorf("%d objects of %d are seen (%v): %v", got, n, err, by)
	}
	for function, want := range map[string]string{
		"example.org/a/b.(*T[example.org/c.X]).Method": "example.org/a/b", "main.main": "main", "runtime.mallocgc": "runtime",
		"gopkg.in/x.v2/y.F.func1": "gopkg.in/x.v2/y", "net/netip.AddrFrom4": "net/netip", "": "",
	} {
		if got := packageOf(function); got != want {
			t.Errorf("%q is of %q, want %q", function, got, want)
		}
	}
}

// TestMeshAllocationsWouldBeSeen: a message on Control is kept in a copy until it
// is acknowledged, which is one object of the mesh's own where the message is too
// large for a copy to be used again.
func TestMeshAllocationsWouldBeSeen(t *testing.T) {
	ends, _, err := connect.Meshes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer ends[0].Close()
	defer ends[1].Close()
	const n = 100
	large := make([]byte, 4<<10)
	by, err := allocsIn(func() error {
		for range n {
			if err := ends[0].Send(ends[1].Self(), peer.Control, large); err != nil {
				return err
			}
		}
		return nil
	})
	if got := by[meshPackage]; err != nil || got < n {
		t.Errorf("%d objects for %d messages, %v", got, n, err)
	}
}

// oddStack brings messages back at once, but for what a test does to them.
type oddStack struct {
	got  func([]byte)
	sent int
	bend func(s *oddStack, b []byte) error
}

func (s *oddStack) send(b []byte) error {
	s.sent++
	return s.bend(s, slices.Clone(b))
}

func (s *oddStack) close() error { return nil }

// TestMessagesRefuses a stack that does not bring back what was sent; the others
// keep their numbers.
func TestMessagesRefuses(t *testing.T) {
	fine := func(s *oddStack, b []byte) error { s.got(b); return nil }
	var held []byte
	for _, tc := range []struct {
		name string
		bend func(s *oddStack, b []byte) error
		want string
	}{
		{"fine", fine, ""},
		{"loss", func(s *oddStack, b []byte) error {
			if s.sent != 7 {
				s.got(b)
			}
			return nil
		}, "message 7 came where message 6 was due"},
		{"loss at the end", func(s *oddStack, b []byte) error {
			if s.sent < 10 {
				s.got(b)
			}
			return nil
		}, "message 9 of 10 was lost"},
		{"order", func(s *oddStack, b []byte) error {
			if s.sent == 7 {
				held = b
				return nil
			}
			s.got(b)
			if s.sent == 8 {
				s.got(held)
			}
			return nil
		}, "message 7 came where message 6 was due"},
		{"twice", func(s *oddStack, b []byte) error {
			s.got(b)
			if s.sent == 7 {
				s.got(b)
			}
			return nil
		}, "came twice"},
		{"twice at the end", func(s *oddStack, b []byte) error {
			s.got(b)
			if s.sent == 10 {
				s.got(b)
			}
			return nil
		}, "more came than were sent"},
		{"changed", func(s *oddStack, b []byte) error {
			b[50]++
			s.got(b)
			return nil
		}, "not what was sent"},
		{"short", func(s *oddStack, b []byte) error { s.got(b[:messageSize-1]); return nil }, "not what was sent"},
		{"no sending", func(*oddStack, []byte) error { return errors.New("the cable is cut") }, "the cable is cut"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			open := func(bend func(*oddStack, []byte) error) opener {
				return func(_ context.Context, got func([]byte)) (stack, error) { return &oddStack{got: got, bend: bend}, nil }
			}
			p := messagePlan{
				paces:    []pace{{"fast", time.Millisecond, 1, 10}},
				patience: 20 * time.Millisecond,
				stacks:   []namedStack{{"yardstick", open(fine)}, {"odd", open(tc.bend)}},
			}
			table, err := p.table(quick)
			if err != nil || len(table.Rows) != 2 {
				t.Fatalf("%d rows, %v", len(table.Rows), err)
			}
			if table.Rows[0].Refused != "" {
				t.Errorf("the yardstick: %s", table.Rows[0].Refused)
			}
			switch got := table.Rows[1].Refused; {
			case tc.want == "" && got != "", !strings.Contains(got, tc.want):
				t.Errorf("refused for %q, want %q", got, tc.want)
			}
		})
	}
}

// TestMessagesNeedsEveryStack: one that does not open ends the table, and the
// others are closed.
func TestMessagesNeedsEveryStack(t *testing.T) {
	p := quick.messagePlan()
	p.stacks = append(slices.Clone(stacks), namedStack{"broken", func(context.Context, func([]byte)) (stack, error) {
		return nil, errors.New("no such cable")
	}})
	if _, err := p.table(quick); err == nil || err.Error() != "broken: no such cable" {
		t.Errorf("the error is %v", err)
	}
}
