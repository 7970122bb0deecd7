//go:build !js

package mesh

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inbox collects what a mesh receives on one channel.
type inbox struct {
	mu   sync.Mutex
	list []string
}

func collect(m *Mesh, ch peer.Channel) *inbox {
	in := &inbox{}
	m.Bind(ch, func(from peer.ID, b []byte) {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.list = append(in.list, from.Short()+" "+string(b))
	})
	return in
}

func (in *inbox) len() int { return len(in.all()) }

func (in *inbox) all() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.list)
}

// mustSend sends, waiting while the queue is full.
func mustSend(t testing.TB, m *Mesh, to peer.ID, ch peer.Channel, b []byte) {
	t.Helper()
	var err error
	eventually(t, "sending", func() bool {
		err = m.Send(to, ch, b)
		return !errors.Is(err, peer.ErrFull)
	})
	if err != nil {
		t.Fatalf("Send on %v: %v", ch, err)
	}
}

func TestFourTalkOnAllChannels(t *testing.T) {
	h, keys := newHub(), keysInOrder(4)
	var ms []*Mesh
	for _, k := range keys {
		ms = append(ms, open(t, h, k))
	}
	// On a busy machine links are through a third player at first, who may end them.
	eventually(t, "direct links", func() bool { return (&field{ms: ms}).allDirect() })
	for ch := range peer.Channels {
		size := peer.MaxMessage
		if ch == peer.Moves {
			size = peer.MaxDatagram
		}
		var ins []*inbox
		for _, m := range ms {
			ins = append(ins, collect(m, ch))
		}
		texts := [][]byte{{}, []byte("short"), bytes.Repeat([]byte{byte(ch) + 1}, size)}
		for _, from := range ms {
			for _, to := range ms {
				if from == to {
					continue
				}
				for _, text := range texts {
					mustSend(t, from, to.Self(), ch, text)
				}
				if err := from.Send(to.Self(), ch, make([]byte, size+1)); !errors.Is(err, peer.ErrTooLarge) {
					t.Errorf("%v: one byte too many: %v", ch, err)
				}
			}
		}
		for i, in := range ins {
			var want []string
			for _, from := range ms {
				for _, text := range texts {
					if from != ms[i] {
						want = append(want, from.Self().Short()+" "+string(text))
					}
				}
			}
			sent := time.Now()
			eventually(t, ch.String(), func() bool {
				if ch != peer.Moves {
					return in.len() == len(want)
				}
				got := in.all()
				all := !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(got, s) })
				if !all && time.Since(sent) > 100*time.Millisecond { // a busy machine is late, and drops what is
					for _, from := range ms {
						for _, text := range texts {
							if from != ms[i] {
								_ = from.Send(ms[i].Self(), ch, text)
							}
						}
					}
					sent = time.Now()
				}
				return all
			})
			got := in.all()
			slices.Sort(got)
			if ch == peer.Moves {
				got = slices.Compact(got)
			}
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%v at %d: got other messages than were sent", ch, i)
			}
		}
	}
	a, b := ms[0], ms[1]
	for name, err := range map[string]error{
		"self":     a.Send(a.Self(), peer.Chat, nil),
		"stranger": a.Send(testKey(99).ID(), peer.Chat, nil),
	} {
		if !errors.Is(err, peer.ErrNotLinked) {
			t.Errorf("sending to %s: %v", name, err)
		}
	}
	if a.Send(b.Self(), peer.Channels, nil) == nil {
		t.Error("a channel that does not exist takes messages")
	}
	h.leave(b.Self())
	eventually(t, "b unlinked", func() bool { return a.State(b.Self()) == peer.Unlinked })
	left := false
	for e := range a.Events() {
		u, ok := e.(Unlinked)
		left = left || ok && u.Peer == b.Self() && u.Why == LeftRoom
	}
	if !left {
		t.Error("no event tells that b left")
	}
	if st := a.Stats(); st.Forged+st.Junk+st.BadLetters != 0 {
		t.Errorf("honest peers were counted as bad: %+v", st)
	}
}

func TestReliableChannelsShareOneOrder(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	const n = 5000
	var mu sync.Mutex
	var got []uint32
	chs := []peer.Channel{peer.Control, peer.Room, peer.Chat, peer.Signal, peer.User}
	for _, ch := range chs {
		b.Bind(ch, func(_ peer.ID, msg []byte) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, binary.LittleEndian.Uint32(msg))
		})
	}
	msg := make([]byte, 300)
	for i := range n {
		binary.LittleEndian.PutUint32(msg, uint32(i))
		mustSend(t, a, b.Self(), chs[i%len(chs)], msg)
		if i%100 == 0 {
			_ = a.Send(b.Self(), peer.Moves, msg) // they do not disturb each other
		}
	}
	eventually(t, "all messages", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= n })
	mu.Lock()
	defer mu.Unlock()
	for i, v := range got {
		if v != uint32(i) || len(got) != n {
			t.Fatalf("message %d of %d is number %d", i, len(got), v)
		}
	}
}

// breakWay ends a's connection to b under the mesh's feet, and returns which one
// that was; false if there was none.
func breakWay(a, b *Mesh) (session letter.Nonce, ok bool) {
	l := a.link(b.Self())
	l.mu.Lock()
	w := l.active
	if w != nil {
		session = w.session
	}
	l.mu.Unlock()
	if w == nil || w.dead.Load() {
		return session, false
	}
	w.fail(Broken, errors.New("a test broke it"))
	return session, true
}

// TestNothingReliableIsLostWhenConnectionsBreak streams in both directions over
// connections that keep breaking.
func TestNothingReliableIsLostWhenConnectionsBreak(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	const n, rounds = 3000, 4
	atB, atA := collect(b, peer.User), collect(a, peer.User)
	broken := map[letter.Nonce]bool{}
	for i := range n {
		if i%(n/rounds) == n/rounds/2 {
			who, other := a, b
			if len(broken)%2 == 1 {
				who, other = b, a
			}
			// On a busy machine there may be none yet.
			eventually(t, "another connection to break", func() bool {
				session, ok := breakWay(who, other)
				if !ok || broken[session] {
					return false
				}
				broken[session] = true
				return true
			})
		}
		for _, way := range []struct{ from, to *Mesh }{{a, b}, {b, a}} {
			eventually(t, "sending", func() bool {
				return way.from.Send(way.to.Self(), peer.User, fmt.Appendf(nil, "%d", i)) == nil
			})
		}
	}
	for _, end := range []struct {
		in   *inbox
		from *Mesh
	}{{atB, a}, {atA, b}} {
		eventually(t, "all messages", func() bool { return end.in.len() >= n })
		for i, got := range end.in.all() {
			if want := fmt.Sprintf("%s %d", end.from.Self().Short(), i); got != want {
				t.Fatalf("message %d of %d is %q", i, end.in.len(), got)
			}
		}
	}
	if len(broken) != rounds {
		t.Errorf("premise: %d connections were broken, want %d", len(broken), rounds)
	}
}

func TestSecondProcessResumesThePlaceOfTheFirst(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	h, keys := newHub(), keysInOrder(3)
	a, c := open(t, h, keys[1]), open(t, h, keys[0])
	var old *Mesh
	var took []time.Duration
	var closing sync.WaitGroup
	defer closing.Wait()
	for i := range rounds {
		b := New(h.enter(keys[2]), Config{Loopback: true})
		start := time.Now()
		in := collect(a, peer.User)
		eventually(t, "the new process", func() bool {
			return b.Send(a.Self(), peer.User, []byte("hi")) == nil && b.State(c.Self()) == peer.Linked
		})
		eventually(t, "its message", func() bool { return in.len() > 0 })
		took = append(took, time.Since(start))
		back := collect(b, peer.User)
		eventually(t, "the way back", func() bool {
			_ = a.Send(b.Self(), peer.User, []byte("ho"))
			return back.len() > 0
		})
		if was := old; was != nil {
			// Each second one only now: it never said goodbye. The others have closed
			// its connections, so pion takes 0.4 s for that; nobody waits.
			closing.Go(func() { was.Close() })
		}
		if old = b; i%2 == 1 || i == rounds-1 {
			b.Close()
			old = nil
		}
	}
	slices.Sort(took)
	t.Logf("%d times: p50 %v, worst %v", rounds, took[len(took)/2], took[len(took)-1])
	if a.State(c.Self()) != peer.Linked {
		t.Error("the third player was disturbed")
	}
	for e := range c.Events() {
		if u, ok := e.(Unlinked); ok && u.Peer == a.Self() {
			t.Errorf("the third player was disturbed: %v", u)
		}
	}
}

func TestMovesThatWouldBeStaleAreRefused(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	cfg := Config{Loopback: true}
	a, b := openWith(t, h, keys[0], cfg), openOn(t, platform{plain: true}, h, keys[1], cfg) // like a page
	linked(t, a, b)
	stuck, stop := make(chan struct{}), make(chan struct{})
	var once sync.Once
	b.Bind(peer.User, func(peer.ID, []byte) { once.Do(func() { close(stuck) }); <-stop })
	defer close(stop)
	mustSend(t, a, b.Self(), peer.User, nil)
	<-stuck // b takes nothing any more; its buffers fill
	msg, refused := make([]byte, peer.MaxDatagram), 0
	eventually(t, "refusal", func() bool {
		for range 100 {
			if errors.Is(a.Send(b.Self(), peer.Moves, msg), peer.ErrFull) {
				refused++
			}
		}
		return refused > 0
	})
	l := a.link(b.Self())
	if n := l.active.conn.buffered(movesLane); n > movesBound {
		t.Errorf("%d bytes of moves piled up, at most %d may", n, movesBound)
	}
	if got := a.Path(b.Self()).StaleMoves; got != int64(refused) {
		t.Errorf("%d stale moves counted, %d were refused", got, refused)
	}
}

func TestPathMeasures(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	eventually(t, "round trip", func() bool { return a.Path(b.Self()).RTT > 0 && b.Path(a.Self()).RTT > 0 })
	p := a.Path(b.Self())
	if p.State != peer.Linked || !p.Direct || p.Local == 0 || p.Local == RelayAddress || p.Remote == 0 || p.Remote == RelayAddress || p.RTT > patience || p.Silent > patience {
		t.Errorf("%+v", p)
	}
	got := collect(b, peer.Moves)
	eventually(t, "move", func() bool {
		_ = a.Send(b.Self(), peer.Moves, make([]byte, 100))
		return got.len() > 0
	})
	if q := a.Path(b.Self()); q.MessagesOut <= p.MessagesOut || q.BytesOut < p.BytesOut+100 || b.Path(a.Self()).BytesIn < 100 {
		t.Errorf("the message is not counted: %+v", q)
	}
	if (a.Path(testKey(99).ID()) != Path{}) {
		t.Error("a stranger has a path")
	}
}

func TestCloseIsQuickAndFinal(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	start := time.Now()
	err := a.Close()
	took := time.Since(start)
	t.Logf("closed in %v", took)
	// It promises closeWithin, which TestCloseAfterTheOther measures in virtual time.
	if err != nil && took < closeWithin || took > 5*time.Second { // the error is that a busy machine took longer
		t.Errorf("Close took %v: %v", took, err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if a.State(b.Self()) != peer.Unlinked || !errors.Is(a.Send(b.Self(), peer.User, nil), peer.ErrNotLinked) {
		t.Error("a closed mesh still sends")
	}
	eventually(t, "b notices", func() bool { return b.State(a.Self()) == peer.Linking })
}

func TestConfigIsChecked(t *testing.T) {
	for _, bad := range []time.Duration{-1, MinSilence - 1, MaxSilence + 1} {
		m := New(newHub().enter(testKey(1)), Config{Silence: bad})
		if m.Err() == nil || m.State(testKey(2).ID()) != peer.Unlinked || m.Close() != nil {
			t.Errorf("Silence %v: Err is %v", bad, m.Err())
		}
	}
	if m := New(nil, Config{}); m.Err() == nil {
		t.Error("no room, no error")
	}
}
