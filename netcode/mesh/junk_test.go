//go:build !js

package mesh

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// raw sends something on a lane past the mesh.
func raw(t *testing.T, from, to *Mesh, on lane, isText bool, b []byte) error {
	l := from.link(to.Self())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.active == nil {
		return errClosed
	}
	return l.active.conn.send(on, isText, b)
}

// TestJunkOnEveryLane sends what no mesh sends: a little of it is counted and
// dropped, and on and on it costs the link; the third player is not disturbed. In
// virtual time: on a busy machine links come late, or by the third player at first.
func TestJunkOnEveryLane(t *testing.T) {
	for name, junk := range map[string]struct {
		on     lane
		isText bool
		b      []byte
	}{
		"text on control":      {controlLane, true, []byte("hello")},
		"text on bulk":         {bulkLane, true, []byte("hello")},
		"text on moves":        {movesLane, true, []byte("hello")},
		"empty moves":          {movesLane, false, nil},
		"unknown moves":        {movesLane, false, []byte{0x7f, 1, 2}},
		"short moves":          {movesLane, false, []byte{dataFrame, 1, 2}},
		"short ping":           {movesLane, false, []byte{pingFrame, 1, 2}},
		"long pong":            {movesLane, false, make([]byte, pongLen+1)},
		"piece of nothing":     {bulkLane, false, []byte{pieceFrame, 0, 0, 0, 0, 8}},
		"piece past the end":   {bulkLane, false, []byte{pieceFrame, 0, 0, 16, 0, 8, 1}},
		"piece of too much":    {bulkLane, false, []byte{pieceFrame, 0, 0, 0, 1, 64, 1}},
		"crooked piece":        {bulkLane, false, []byte{pieceFrame, 0, 0, 0, 0, 8, 1, 2, 3}},
		"empty bulk":           {bulkLane, false, nil},
		"ping on bulk":         {bulkLane, false, []byte{pingFrame, 1, 2, 3, 4, 5, 6, 7, 8}},
		"empty control":        {controlLane, false, nil},
		"unknown mark":         {controlLane, false, []byte{0xff, 1, 2}},
		"moves on control":     {controlLane, false, []byte{byte(peer.Moves), 1}},
		"bulk on control":      {controlLane, false, []byte{byte(peer.Bulk), 1}},
		"channel of no room":   {controlLane, false, []byte{byte(peer.Channels), 1}},
		"second ready":         {controlLane, false, []byte{readyMark, 0}},
		"ready without number": {controlLane, false, []byte{readyMark}},
		"ack of the future":    {controlLane, false, []byte{ackMark, 0x7f}},
		"ack without number":   {controlLane, false, []byte{ackMark, 0xff}},
	} {
		t.Run(name, func(t *testing.T) {
			inLab(t, 3, 1, func(t *testing.T, x *field) {
				// Before that messages may go through the third player, and it by B.
				x.enterAll(3)
				a, b, c := x.ms[0], x.ms[1], x.ms[2]
				in, sent := collect(a, peer.User), 0
				send := func() {
					if raw(t, b, a, junk.on, junk.isText, junk.b) == nil {
						sent++
					}
				}
				for range maxJunk / 2 {
					send()
				}
				if sent != maxJunk/2 {
					t.Fatalf("premise: %d of %d pieces of junk were sent", sent, maxJunk/2)
				}
				x.within(time.Second, "count", func() bool { return a.Stats().Junk == maxJunk/2 })
				if err := b.Send(a.Self(), peer.User, []byte("still here")); err != nil {
					t.Fatal(err)
				}
				x.within(time.Second, "an honest message after a little junk", func() bool { return in.len() > 0 })
				var seen []Event
				if has(a, &seen, func(Unlinked) bool { return true }) {
					t.Fatalf("a little junk cost a link: %v", seen)
				}
				x.within(time.Second, "cut off", func() bool {
					send()
					return has(a, &seen, func(e Unlinked) bool { return e.Peer == b.Self() && e.Why == Junk })
				})
				if has(a, &seen, func(e Unlinked) bool { return e.Peer == c.Self() }) || a.State(c.Self()) != peer.Linked {
					t.Error("the third player was disturbed")
				}
				if n := a.Stats().Junk; n > 3*maxJunk {
					t.Errorf("%d pieces of junk were read", n)
				}
			})
		})
	}
}

func TestTooLargeMessageCostsTheLink(t *testing.T) {
	for l := range lanes {
		t.Run(l.label(), func(t *testing.T) {
			inLab(t, 3, 1, func(t *testing.T, x *field) {
				x.enterAll(3)
				a, b, c := x.ms[0], x.ms[1], x.ms[2]
				if err := raw(t, b, a, l, false, make([]byte, 60<<10)); err != nil {
					t.Fatal(err)
				}
				var seen []Event
				x.within(2*time.Second, "cut off", func() bool {
					return has(a, &seen, func(e Unlinked) bool { return e.Peer == b.Self() && e.Why == Junk })
				})
				if a.State(c.Self()) != peer.Linked || has(a, &seen, func(e Unlinked) bool { return e.Peer == c.Self() }) {
					t.Error("the third player was disturbed")
				}
			})
		})
	}
}

func TestForeignChannelCostsTheLink(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	w := a.link(b.Self()).active
	if _, err := w.conn.(*pionConn).pc.CreateDataChannel("fourth", &webrtc.DataChannelInit{}); err != nil {
		t.Fatal(err)
	}
	var seen []Event
	eventually(t, "cut off", func() bool {
		return has(b, &seen, func(e Unlinked) bool { return e.Peer == a.Self() && e.Why == Junk })
	})
}

// TestPingFloodIsNotEchoed: what a peer can make us send is bounded.
func TestPingFloodIsNotEchoed(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	before := b.Path(a.Self()).MessagesIn
	start := time.Now()
	var seen []Event
	for i := 0; !has(a, &seen, func(e Unlinked) bool { return e.Why == Junk }); i++ {
		_ = raw(t, b, a, movesLane, false, binary.LittleEndian.AppendUint64([]byte{pingFrame}, uint64(i)))
		if time.Since(start) > patience {
			t.Fatal("a flood of pings goes on")
		}
	}
	echoed := b.Path(a.Self()).MessagesIn - before
	if most := int64(pongLimit*(2+int(time.Since(start)/time.Second))) + 10; echoed > most {
		t.Errorf("%d pings were answered in %v, at most %d may", echoed, time.Since(start), most)
	}
}

// TestJunkInSignallingDisturbsNobody: who carries the letters may write any in
// anybody's name. It costs no link, so a server cannot end a match by it.
func TestJunkInSignallingDisturbsNobody(t *testing.T) {
	inLab(t, 3, 1, func(t *testing.T, x *field) { junkInSignalling(t, x) })
}

func junkInSignalling(t *testing.T, x *field) {
	x.enterAll(3)
	h, a, b, c := x.hub, x.ms[0], x.ms[1], x.ms[2]
	dice := rand.New(rand.NewPCG(1, 2))
	stranger := testKey(99).ID()
	for i := range 3000 {
		junk := make([]byte, dice.IntN(200))
		for j := range junk {
			junk[j] = byte(dice.Uint32())
		}
		switch i % 4 {
		case 0: // a good beginning
			junk = append([]byte{letter.Version, byte(1 + dice.IntN(5))}, junk...)
		case 1:
			l := letter.Letter{Kind: letter.Kind(1 + dice.IntN(4)), From: dice.Uint64(), To: b.incarnation, Ask: true, Ufrag: "u", SDP: "v=0\r\n"}
			junk = l.Append(nil)
		}
		h.inject([]peer.ID{a.Self(), c.Self(), stranger, b.Self()}[dice.IntN(4)], b.Self(), junk)
	}
	eventually(t, "counting", func() bool { st := b.Stats(); return st.BadLetters > 0 && st.StaleLetters > 0 })
	in := collect(b, peer.User)
	mustSend(t, a, b.Self(), peer.User, []byte("1"))
	mustSend(t, c, b.Self(), peer.User, []byte("2"))
	eventually(t, "messages", func() bool { return in.len() == 2 })
	for name, m := range map[string]*Mesh{"a": a, "b": b, "c": c} {
		for e := range m.Events() {
			if u, ok := e.(Unlinked); ok {
				t.Errorf("%s: %v", name, u)
			}
		}
	}
}
