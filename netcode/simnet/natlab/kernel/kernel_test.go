//go:build linux

package kernel

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childFlag {
		os.Exit(child(os.Args[2:]))
	}
	goleak.VerifyTestMain(m)
}

func build(t *testing.T, kinds ...Kind) *Town {
	t.Helper()
	if err := Check(); err != nil {
		t.Skip(err)
	}
	town, err := NewTown(kinds...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(town.Close)
	return town
}

// No site reaches another but through the NATs.
func TestNoWayPastTheNAT(t *testing.T) {
	town := build(t, Open, Cone, Random, Closed)
	for i, s := range town.Sites {
		for j, other := range town.Sites {
			if i == j || other.Router == nil || s.Router == nil {
				continue
			}
			if out, err := s.Host.Run("ip route get " + other.Inside.String()); err != nil || !strings.Contains(out, "via") {
				t.Errorf("from site %d to %d: %s, %v; want it by the router", i, j, out, err)
			}
			if out, err := s.Router.Run("ip route get " + other.Inside.String()); err == nil || !strings.Contains(out, "unreachable") {
				t.Errorf("the router of site %d knows a way to %s: %s", i, other.Inside, out)
			}
		}
	}
}

// What every kind does to ports, as two servers see it, and whom it lets in.
func TestKinds(t *testing.T) {
	town := build(t, Open, Cone, Random, Closed)
	for i, s := range town.Sites {
		out, err := runPair(town, s)
		if s.Kind == Closed {
			if err == nil || !strings.Contains(out, "timeout") {
				t.Errorf("%s: %q, %v; want nothing to come through", s.Kind, out, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v: %s", s.Kind, err, out)
		}
		var local, first, second uint16
		var stranger string
		if _, err := fmt.Sscanf(out, "local %d seen %d %d stranger %s", &local, &first, &second, &stranger); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		t.Logf("site %d, %s: %s", i, s.Kind, strings.TrimSpace(out))
		switch s.Kind {
		case Open:
			if first != local || second != local || stranger != "in" {
				t.Errorf("%s: %s", s.Kind, out)
			}
		case Cone:
			if first != local || second != local || stranger != "out" {
				t.Errorf("%s: %s", s.Kind, out)
			}
		case Random:
			if first == second || first == local && second == local || stranger != "out" {
				t.Errorf("%s: %s", s.Kind, out)
			}
		}
		if s.Router != nil {
			c, err := s.Counted()
			if err != nil || c.Served == 0 || c.Across+c.Stray != 0 {
				t.Errorf("%s: %+v, %v", s.Kind, c, err)
			}
		}
	}
}
