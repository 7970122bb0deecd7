//go:build !js

package main

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/bench/connect"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// meshConfig is a room of players that send as a match does.
type meshConfig struct {
	players int
	rate    int           // messages a second from each to each other
	bytes   int           // of each
	slice   time.Duration // of one measurement
	rounds  int           // of one slice per stack
}

// meshCalm is how long a room is left alone before it is measured: handshakes.
const meshCalm = 2 * time.Second

// The least share of the messages that have to arrive, and that have to be sent
// in time, in percent: on a machine that is busy with something else, ticks are
// left out, and fewer messages at once cost more each.
const arriveShare, paceShare = 99, 90

// copyShare is the most that may arrive, in percent: a mesh that hears nothing of
// a player sends through a third as well.
const copyShare = 102

// crowd is a room at work.
type crowd struct {
	send  func(b []byte) (sent int) // one message from each to each other
	got   *atomic.Int64
	close func()
}

func meshTable(e effort) (Table, error) {
	cfg := meshConfig{players: 8, rate: 60, bytes: 200, slice: 6 * time.Second, rounds: 5}
	if e.quick {
		cfg.slice, cfg.rounds = 3*time.Second, 2
	}
	return meshRows(e, cfg)
}

func meshRows(e effort, cfg meshConfig) (Table, error) {
	t := Table{
		Title: fmt.Sprintf("CPU of %d players in one process who send %d bytes %d times a second each to each other", cfg.players, cfg.bytes, cfg.rate),
		Columns: []Column{
			{Key: "stack", Name: "stack", Label: true},
			{Key: "messages", Name: "messages", Unit: "/s", Digits: 0},
			{Key: "cpu", Name: "CPU", Unit: "% of one core", Digits: 1},
			{Key: "each", Name: "per message", Unit: "µs", Digits: 1},
			{Key: "ratio", Name: "to pion", Unit: "×", Digits: 2},
		},
		Notes: []string{
			"All players are in this process and talk over loopback, so a message's CPU is that of its sender and of its receiver, the system's part included. The stacks take turns, each time in a new room that is left alone for two seconds first; CPU and ratio are the medians of the rounds, the ratio of those of one round.",
			"The mesh sends on its Moves channel and does all it does in a match: numbers, pings, reports of who reaches whom. pion is bare: a PeerConnection per pair with its settings as they come, and one channel, unordered with one retransmission as Moves is.",
			fmt.Sprintf("A row is refused if less than %d %% of the messages arrive, or less than %d %% can be sent in time.", arriveShare, paceShare),
		},
	}
	makers := []struct {
		name string
		make func(context.Context, meshConfig) (*crowd, error)
	}{{"Tutti's mesh", meshCrowd}, {"pion", pionCrowd}}
	type slice struct {
		cpu       time.Duration
		sent, got int64
	}
	all := make([][]slice, len(makers))
	for round := range cfg.rounds {
		fmt.Fprintf(e.log, "mesh: round %d of %d\n", round+1, cfg.rounds)
		for i, m := range makers {
			cpu, sent, got, err := measureCrowd(m.make, cfg)
			if err != nil {
				return t, fmt.Errorf("%s: %w", m.name, err)
			}
			fmt.Fprintf(e.log, "mesh: %s: %.1f µs per message\n", m.name, float64(cpu)/float64(time.Microsecond)/float64(max(sent, 1)))
			all[i] = append(all[i], slice{cpu, sent, got})
		}
	}
	median := func(list []float64) float64 { slices.Sort(list); return list[len(list)/2] }
	for i, m := range makers {
		var cpu, each, ratio []float64
		var sent, got int64
		for r, s := range all[i] {
			p := all[len(all)-1][r]
			one := float64(s.cpu) / float64(max(s.sent, 1))
			cpu, each = append(cpu, 100*float64(s.cpu)/float64(cfg.slice)), append(each, one/float64(time.Microsecond))
			ratio = append(ratio, one/(float64(p.cpu)/float64(max(p.sent, 1))))
			sent, got = sent+s.sent, got+s.got
		}
		if got*100 < sent*arriveShare || sent == 0 {
			t.refuse([]Cell{label("%s", m.name)}, fmt.Errorf("%d of %d messages arrived", got, sent))
			continue
		}
		if got*100 > sent*copyShare {
			t.refuse([]Cell{label("%s", m.name)}, fmt.Errorf("%d messages arrived of %d: players fell silent, and messages went a second way: the machine is busy", got, sent))
			continue
		}
		perSecond := float64(sent) / (float64(len(all[i])) * cfg.slice.Seconds())
		if all := float64(cfg.players * (cfg.players - 1) * cfg.rate); perSecond < all*paceShare/100 {
			t.refuse([]Cell{label("%s", m.name)}, fmt.Errorf("%.0f messages a second could be sent, of %.0f: the machine is busy", perSecond, all))
			continue
		}
		t.add(label("%s", m.name), number(perSecond), number(median(cpu)), number(median(each)), number(median(ratio)))
	}
	return t, nil
}

// measureCrowd makes a room, lets it play and returns what that cost.
func measureCrowd(open func(context.Context, meshConfig) (*crowd, error), cfg meshConfig) (cpu time.Duration, sent, got int64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := open(ctx, cfg)
	if c != nil {
		defer c.close()
	}
	if err != nil {
		return 0, 0, 0, err
	}
	b := make([]byte, cfg.bytes)
	play := func(d time.Duration) (sent int64) {
		tick := time.NewTicker(time.Second / time.Duration(cfg.rate))
		defer tick.Stop()
		for end := time.Now().Add(d); time.Now().Before(end); <-tick.C {
			sent += int64(c.send(b))
		}
		return sent
	}
	// No pause between the two: to a mesh a player who stops looks like a path that
	// broke. What is still on its way then is next to nothing.
	play(meshCalm)
	c.got.Store(0)
	before, err := cpuTime()
	if err != nil {
		return 0, 0, 0, err
	}
	sent = play(cfg.slice)
	after, err := cpuTime()
	time.Sleep(100 * time.Millisecond)
	return after - before, sent, c.got.Load(), err
}

func meshCrowd(ctx context.Context, cfg meshConfig) (*crowd, error) {
	c := &crowd{got: new(atomic.Int64)}
	ends, err := connect.Room(ctx, cfg.players)
	c.close = func() {
		for _, m := range ends {
			m.Close()
		}
	}
	for _, m := range ends {
		m.Bind(peer.Moves, func(peer.ID, []byte) { c.got.Add(1) })
	}
	c.send = func(b []byte) (sent int) {
		for _, from := range ends {
			for _, to := range ends {
				if from != to && from.Send(to.Self(), peer.Moves, b) == nil {
					sent++
				}
			}
		}
		return sent
	}
	return c, err
}

func pionCrowd(ctx context.Context, cfg meshConfig) (*crowd, error) {
	c := &crowd{got: new(atomic.Int64)}
	var pairs []*connect.Pions
	c.close = func() {
		for _, p := range pairs {
			_ = p.Close() // what it says of a connection that worked does not matter
		}
	}
	api, err := connect.Loopback()
	if err != nil {
		return c, err
	}
	ordered, once := false, uint16(1)
	for i := range cfg.players {
		for range i {
			p, err := connect.Connect(ctx, api, &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &once})
			if err != nil {
				return c, err
			}
			for _, dc := range p.Channels {
				dc.OnMessage(func(webrtc.DataChannelMessage) { c.got.Add(1) })
			}
			pairs = append(pairs, p)
		}
	}
	c.send = func(b []byte) (sent int) {
		for _, p := range pairs {
			for _, dc := range p.Channels {
				if dc.Send(b) == nil {
					sent++
				}
			}
		}
		return sent
	}
	return c, nil
}
