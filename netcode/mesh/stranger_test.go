//go:build !js

package mesh

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestStrangersDoNotLearnAddresses: one player of four is known to one other
// alone. It plays with all, no packet goes between it and a stranger, and no
// letter to a stranger has its address in it. Both the lowest ID, which makes the
// offers, and the highest one try.
func TestStrangersDoNotLearnAddresses(t *testing.T) {
	for _, shy := range []int{0, 3} {
		t.Run(fmt.Sprintf("player %d is shy", shy), func(t *testing.T) {
			inLab(t, 4, 1, func(t *testing.T, x *field) {
				friend := (shy + 1) % 4
				var mu sync.Mutex
				letters, leaks := 0, 0
				address := []byte(x.hosts[shy].Addr().String())
				x.hub.setTap(func(from, to peer.ID, text []byte) [][]byte {
					mu.Lock()
					defer mu.Unlock()
					if from == x.keys[shy].ID() && to != x.keys[friend].ID() {
						letters++
						if l, err := letter.Parse(text); err != nil || l.SDP != "" || l.Kind == letter.Address || bytes.Contains(text, address) {
							leaks++
						}
					}
					return [][]byte{text}
				})
				for i := range 4 {
					cfg := Config{}
					if i == shy {
						cfg.Friend = func(id peer.ID) bool { return id == x.keys[friend].ID() }
					}
					x.enter(cfg)
				}
				for i, h := range x.hosts {
					if i != shy && i != friend {
						// Whatever went between the two would be counted as cut.
						x.lab.Cut(h, x.hosts[shy])
					}
				}
				took := x.within(2*time.Second, "all linked", x.allLinked)
				var boxes []*inbox
				for _, m := range x.ms {
					boxes = append(boxes, collect(m, peer.User))
				}
				for n := range 20 {
					for _, a := range x.ms {
						for _, b := range x.ms {
							if a == b {
								continue
							}
							_ = a.Send(b.Self(), peer.Moves, []byte("move"))
							if err := a.Send(b.Self(), peer.User, fmt.Appendf(nil, "%d", n)); err != nil {
								t.Fatal(err)
							}
						}
					}
					time.Sleep(50 * time.Millisecond)
				}
				x.within(time.Second, "all messages", func() bool {
					for _, in := range boxes {
						if in.len() != 60 {
							return false
						}
					}
					return true
				})
				time.Sleep(90 * time.Second) // the others try again for their part
				if !x.allLinked() {
					t.Error("not all are linked after a while")
				}
				for i, m := range x.ms {
					p := x.ms[shy].Path(m.Self())
					switch {
					case i == friend && !p.Direct, i != friend && i != shy && (p.Direct || p.RelayedBy != x.ms[friend].Self()):
						t.Errorf("the path to player %d is %+v", i, p)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				if cut := x.lab.Counters().Cut; cut != 0 || leaks != 0 || letters == 0 {
					t.Errorf("%d packets between strangers, %d of %d letters with an address", cut, leaks, letters)
				}
				t.Logf("all linked after %v; %d letters to strangers", took, letters)
			})
		})
	}
}
