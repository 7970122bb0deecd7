//go:build !js

package mesh

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// TestIPv6GoesWhereIPv4DoesNot: behind two routers that nobody can predict, and
// without any server, two players meet directly by IPv6.
func TestIPv6GoesWhereIPv4DoesNot(t *testing.T) {
	for _, six := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			lab := natlab.New(natlab.Config{Seed: 1, IPv6: six})
			defer lab.Close()
			x := &field{t: t, lab: lab, hub: newHub(), keys: keysInOrder(2)}
			defer x.close()
			for range 2 {
				x.hosts = append(x.hosts, lab.Behind(natlab.SymmetricRandom()))
			}
			x.enter(Config{})
			x.enter(Config{})
			start := lab.Now()
			for !x.allDirect() && lab.Now()-start < 5*time.Second {
				time.Sleep(5 * time.Millisecond)
			}
			if took := lab.Now() - start; x.allDirect() != six {
				t.Errorf("IPv6 %v: direct %v after %v", six, x.allDirect(), took)
			} else {
				t.Logf("IPv6 %v: direct %v after %v", six, x.allDirect(), took)
			}
		})
	}
}
