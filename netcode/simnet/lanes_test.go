package simnet_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// numbered fills a message that can be checked whole on arrival.
func numbered(i, size int) []byte {
	b := make([]byte, 4+size)
	binary.LittleEndian.PutUint32(b, uint32(i))
	for k := range size {
		b[4+k] = byte(i + k)
	}
	return b
}

func TestReliableChannelsLoseNothing(t *testing.T) {
	seeds.Each(t, 10, func(t *testing.T, seed uint64) {
		const messages = 200
		n := simnet.New(simnet.Config{Seed: seed, Weather: weather.Storm()})
		a, b := n.Link(id(1)), n.Link(id(2))
		dice := weather.NewDice(seed)
		for _, ch := range []peer.Channel{peer.Bulk, peer.Control, peer.Chat} {
			var seen [messages]int
			next := 0
			b.Bind(ch, func(_ peer.ID, m []byte) {
				i := int(binary.LittleEndian.Uint32(m))
				if !bytes.Equal(m, numbered(i, len(m)-4)) {
					t.Fatalf("%v: message %d of %d bytes is garbled", ch, i, len(m))
				}
				if ch != peer.Bulk && i != next {
					t.Fatalf("%v: message %d comes in place %d", ch, i, next)
				}
				seen[i]++
				next++
			})
			for i := range messages {
				size := int(dice.Below(100))
				if i%20 == 0 {
					size = peer.MaxMessage - 4
				}
				n.After(time.Duration(i)*100*ms, func() { must(t, a.Send(b.Self(), ch, numbered(i, size))) })
			}
			n.After(5*time.Second, func() { n.Cut(a.Self(), b.Self()) })
			n.After(8*time.Second, func() { n.Heal(a.Self(), b.Self()) })
			n.RunFor(2 * time.Minute)
			for i, times := range seen {
				if times != 1 {
					t.Errorf("%v: message %d came %d times", ch, i, times)
				}
			}
			c := n.Count(a.Self(), b.Self(), ch)
			if c.Sent != messages || c.Delivered != messages || c.Lost == 0 || c.Wire <= c.Bytes {
				t.Errorf("%v: %+v", ch, c)
			}
			if (c.Reordered > 0) != (ch == peer.Bulk) {
				t.Errorf("%v: %d came out of order", ch, c.Reordered)
			}
		}
	})
}

func TestLossCostsOneTimeOut(t *testing.T) {
	for _, c := range []struct{ latency, want time.Duration }{
		{10 * ms, 300*ms + 10*ms},
		{400 * ms, 800*ms + 400*ms}, // never before an answer could be there
	} {
		n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: c.latency}})
		a, b := n.Link(id(1)), n.Link(id(2))
		must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Latency: c.latency, Loss: weather.Whole}))
		var at time.Duration
		b.Bind(peer.Control, func(peer.ID, []byte) { at = n.Now() })
		must(t, a.Send(b.Self(), peer.Control, nil))
		must(t, n.Shape(a.Self(), b.Self(), weather.Weather{Latency: c.latency}))
		n.RunFor(time.Minute)
		if at != c.want {
			t.Errorf("latency %v: the lost message comes at %v, want %v", c.latency, at, c.want)
		}
	}
}

func TestMovesMeetTheWeather(t *testing.T) {
	seeds.Each(t, 5, func(t *testing.T, seed uint64) {
		n := simnet.New(simnet.Config{Seed: seed, Weather: weather.Storm()})
		a, b := n.Link(id(1)), n.Link(id(2))
		arrived := int64(0)
		b.Bind(peer.Moves, func(peer.ID, []byte) { arrived++ })
		const messages = 5000
		for i := range messages {
			n.After(time.Duration(i)*16*ms, func() { must(t, a.Send(b.Self(), peer.Moves, numbered(i, 60))) })
		}
		n.RunFor(2 * time.Minute)
		c := n.Count(a.Self(), b.Self(), peer.Moves)
		if c.Sent != messages || c.Lost+c.Delivered-c.Duplicated != messages || c.Delivered != arrived {
			t.Errorf("the sums are wrong: %+v, %d arrived", c, arrived)
		}
		if c.Bytes != messages*64 || c.Wire != messages*(64+simnet.Overhead) {
			t.Errorf("the bytes are wrong: %+v", c)
		}
		// Storm loses 10 % in bursts and 10 % of the rest, duplicates 5 % and
		// holds 10 % of what arrives. The ranges are six deviations wide, and
		// bursts deviate widely.
		for _, m := range []struct {
			what           string
			got, low, high int64
		}{
			{"lost", c.Lost, messages * 8 / 100, messages * 31 / 100},
			{"duplicated", c.Duplicated, messages * 2 / 100, messages * 6 / 100},
			{"reordered", c.Reordered, messages * 4 / 100, messages * 11 / 100},
		} {
			if m.got < m.low || m.got > m.high {
				t.Errorf("%d %s, want %d to %d", m.got, m.what, m.low, m.high)
			}
		}
		if n.Total(peer.Moves) != c {
			t.Errorf("the total is %+v, want %+v", n.Total(peer.Moves), c)
		}
	})
}

// What the weather takes no longer fills the queue.
func TestLostMovesLeaveTheQueue(t *testing.T) {
	n := simnet.New(simnet.Config{Queue: simnet.MinQueue, Weather: weather.Weather{Loss: weather.Percent(60), Duplicate: weather.Percent(50)}})
	a, b := n.Link(id(1)), n.Link(id(2))
	msg := make([]byte, peer.MaxDatagram)
	for range 1000 {
		must(t, a.Send(b.Self(), peer.Moves, msg))
		n.RunFor(ms)
	}
	if c := n.Total(peer.Moves); c.Lost < 100 || c.Duplicated < 100 || c.Bytes < 2*simnet.MinQueue {
		t.Errorf("%+v proves nothing", c)
	}
}

func TestBulkDoesNotDelayMoves(t *testing.T) {
	const rate = 200_000
	n := simnet.New(simnet.Config{Weather: weather.Weather{Latency: 20 * ms, Rate: rate}})
	a, b := n.Link(id(1)), n.Link(id(2))
	chunk := make([]byte, peer.MaxMessage)
	const chunks = 60
	for range chunks {
		must(t, a.Send(b.Self(), peer.Bulk, chunk))
	}
	var done, worst time.Duration
	got, late := 0, 0
	b.Bind(peer.Bulk, func(peer.ID, []byte) { got, done = got+1, n.Now() })
	b.Bind(peer.Moves, func(_ peer.ID, m []byte) {
		took := n.Now() - time.Duration(binary.LittleEndian.Uint32(m))*ms
		worst = max(worst, took)
		if took > 21*ms {
			late++
		}
	})
	for i := 0; i < 5000; i += 16 {
		n.After(time.Duration(i)*ms, func() { must(t, a.Send(b.Self(), peer.Moves, numbered(i, 60))) })
	}
	n.RunFor(10 * time.Second)
	// A move waits for at most the one part of Bulk that is on the line.
	part := time.Second * (peer.MaxDatagram + simnet.Overhead) / rate
	own := time.Second * (64 + simnet.Overhead) / rate
	if worst > 20*ms+part+own+1 || late == 0 {
		t.Errorf("moves took up to %v, %d waited; want some, and at most %v", worst, late, 20*ms+part+own)
	}
	if c := n.Total(peer.Moves); c.Lost != 0 {
		t.Errorf("%+v", c)
	}
	least := time.Second * chunks * peer.MaxMessage / rate
	if got != chunks || done < least || done > least*13/10 {
		t.Errorf("%d chunks in %v; want %d in %v and a little", got, done, chunks, least)
	}
}
