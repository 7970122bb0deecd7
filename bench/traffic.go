package main

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/fixp"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// usualPath is what others measured themselves on.
var usualPath = weather.Weather{Latency: 50 * time.Millisecond, Loss: weather.Percent(1)}

// held is the minimal game with controls as people hold them: a new value ten
// times a second.
var held = title[stick]{
	name: "held 0.1 s",
	make: minimal.make,
	move: func(tick, seat int) stick { return minimal.move((tick+seat*5)/6, seat) },
}

// restless is the minimal game with a new value in each frame.
var restless = title[stick]{name: "new each frame", make: minimal.make, move: minimal.move}

func trafficTable(e effort) (Table, error) {
	seconds := 120
	if e.quick {
		seconds = 20
	}
	return trafficRows(e, []int{2, 4, 8}, seconds, usualPath)
}

func trafficRows(e effort, players []int, seconds int, path weather.Weather) (Table, error) {
	t := Table{
		Title: "what a match sends, with 4-byte moves at 60 ticks per second, 50 ms one way, 1 % loss",
		Columns: []Column{
			{Key: "moves", Name: "moves", Label: true},
			{Key: "players", Name: "players", Label: true},
			{Key: "mode", Name: "mode", Label: true},
			{Key: "link_bytes", Name: "per link", Unit: "bytes/s"},
			{Key: "link_datagrams", Name: "per link", Unit: "datagrams/s", Digits: 1},
			{Key: "player_kb", Name: "per player", Unit: "kB/s", Digits: 2},
			{Key: "player_datagrams", Name: "per player", Unit: "datagrams/s"},
			{Key: "wire_kb", Name: "on the wire", Unit: "kB/s", Digits: 1},
			{Key: "stalls", Name: "stalls", Unit: "per minute", Digits: 1},
			{Key: "delay", Name: "input delay", Unit: "frames", Digits: 1},
			{Key: "rollbacks", Name: "rollbacks", Unit: "per s", Digits: 1},
			{Key: "depth", Name: "rolled back", Unit: "frames mean", Digits: 1},
		},
		Charts: []Chart{
			{Title: "Payload that one player sends", Value: "player_kb", Panel: "moves", Group: "players", Series: "mode"},
		},
		Notes: []string{
			fmt.Sprintf("%d s of a match in virtual time, after 10 s to settle: the same figures on every machine. Input delay adapts by itself; players tick at different moments of the frame. kB is 1000 bytes of payload sent; on the wire adds the 95 bytes that a WebRTC data channel puts around each datagram. A stall is a tick in which a frame was due and could not be stepped, mean of all players.", seconds),
			"To compare, per player with 4 players, 4-byte inputs, 60 Hz: Fortress at 1 % loss and 50 ms 18.2 kB/s, 389 messages/s, 69 stalls/min; the Go port of GGPO on loopback 25.5 kB/s, 702 messages/s. Half of those messages are acknowledgements that travel alone; here they ride along.",
			"Each row is refused unless the share of datagrams lost is that of the weather, hashes were compared and agree, rollback did roll back (and plain did not), nothing was malformed, and the sessions count the bytes that the network counts.",
		},
	}
	for _, game := range []title[stick]{held, restless} {
		for _, n := range players {
			fmt.Fprintf(e.log, "traffic: %s, %d players\n", game.name, n)
			for _, roll := range []int{netcode.NoRollback, depth} {
				mode := "plain"
				if roll > 0 {
					mode = fmt.Sprintf("rollback %d", roll)
				}
				labels := []Cell{label("%s", game.name), label("%d", n), label("%s", mode)}
				cells, err := trafficRow(game, n, roll, seconds, path)
				if err != nil {
					t.refuse(labels, err)
					continue
				}
				t.add(append(labels, cells...)...)
			}
		}
	}
	return t, nil
}

func trafficRow(game title[stick], players, roll, seconds int, path weather.Weather) ([]Cell, error) {
	// Any seed will do; one per row, so that no two rows have the same luck.
	seed := fixp.Mix(uint64(players)<<8 | uint64(roll+1))
	m := newMatch(game, players, seed, netcode.Config{MaxRollback: roll})
	m.stagger = true
	if err := m.begin(path); err != nil {
		return nil, err
	}
	m.run(10 * netcode.DefaultTickRate)
	before, sent := m.stats(), m.net.Total(peer.Moves)
	m.run(seconds * netcode.DefaultTickRate)
	after, now := m.stats(), m.net.Total(peer.Moves)
	if m.err != nil {
		return nil, m.err
	}
	datagrams, bytes, lost := now.Sent-sent.Sent, now.Bytes-sent.Bytes, now.Lost-sent.Lost
	if want := float64(datagrams) / 100; float64(lost) < want/2 || float64(lost) > want*3/2 {
		return nil, fmt.Errorf("%d of %d datagrams were lost; that is not 1 %%", lost, datagrams)
	}
	var stalls, rollbacks, again, delay, out int64
	for i, b := range after {
		a := before[i]
		rolled := b.Rollbacks - a.Rollbacks
		switch {
		case b.Desynced:
			return nil, fmt.Errorf("player %d noticed a desync", i)
		case b.Checks-a.Checks < (players-1)*seconds/2:
			return nil, fmt.Errorf("player %d compared only %d hashes", i, b.Checks-a.Checks)
		case b.BadMessages > 0:
			return nil, fmt.Errorf("player %d got %d malformed datagrams", i, b.BadMessages)
		case (rolled > 0) != (roll > 0):
			return nil, fmt.Errorf("player %d rolled back %d times", i, rolled)
		case int64(b.Frame-a.Frame) < int64(seconds*netcode.DefaultTickRate*9/10):
			return nil, fmt.Errorf("player %d stepped only %d frames in %d s", i, b.Frame-a.Frame, seconds)
		}
		stalls += b.StalledTicks - a.StalledTicks
		rollbacks += int64(rolled)
		again += b.RolledBackFrames - a.RolledBackFrames
		delay += int64(b.InputDelayFrames)
		out += b.BytesOut - a.BytesOut
	}
	if out != bytes {
		return nil, fmt.Errorf("the sessions say that they sent %d bytes, the network carried %d", out, bytes)
	}
	n, s := float64(players), float64(seconds)
	links := n * (n - 1)
	mean := Cell{Text: "–"}
	if rollbacks > 0 {
		mean = number(float64(again) / float64(rollbacks))
	}
	return []Cell{
		number(float64(bytes) / s / links), number(float64(datagrams) / s / links),
		number(float64(bytes) / s / n / 1000), number(float64(datagrams) / s / n),
		number(float64(bytes+datagrams*simnet.Overhead) / s / n / 1000),
		number(float64(stalls) / n / s * 60), number(float64(delay) / n),
		number(float64(rollbacks) / n / s), mean,
	}, nil
}
