package epoch_test

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/epoch"
	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// held is a log of which nothing but its length matters.
type held int32

func (h held) End(int) epoch.End                            { return epoch.End{Frame: int32(h)} }
func (h held) TagAt(int, int32) (tag evidence.Tag, ok bool) { return tag, true }
func (h held) InHand(_ int, end epoch.End) bool             { return end.Frame <= int32(h) }
func (h held) Joining(int) (uint32, int32, bool)            { return 0, 0, false }

// Three play; the third is gone. The first two agree how far its log counts.
func ExampleNew() {
	var keys []peer.Key
	cfg := epoch.Config{Match: [16]byte{1}, Seats: []int{0, 1, 2}}
	for i := range 3 {
		keys = append(keys, peer.KeyFromSeed([peer.SeedSize]byte{byte(i)}))
		cfg.IDs = append(cfg.IDs, keys[i].ID())
	}
	var machines []*epoch.Machine
	for i := range 2 {
		cfg.Self, cfg.Key = i, keys[i]
		m, err := epoch.New(cfg, held(100))
		if err != nil {
			fmt.Println(err)
			return
		}
		machines = append(machines, m)
	}
	view := epoch.View{Overdue: epoch.Set(0).With(2), ForkSeat: -1, Playing: epoch.All(3)}
	for now := time.Duration(0); now < time.Second; now += time.Second / 60 {
		for i, m := range machines {
			m.Observe(now, view)
			if cert, ok := m.Decided(); ok {
				end := cert.Record.Ends[2]
				fmt.Printf("member %d: seat 2 ends at frame %d, %d go on\n", i, end.Frame, cert.Record.Members.Len())
				m.Enter()
				view.Overdue = 0
			}
			if b := m.Append(nil, 1-i); len(b) > 0 {
				if err := machines[1-i].Receive(i, b); err != nil {
					fmt.Println(err)
				}
			}
		}
	}
	// Unordered output:
	// member 0: seat 2 ends at frame 100, 2 go on
	// member 1: seat 2 ends at frame 100, 2 go on
}
