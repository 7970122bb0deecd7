package datagram

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/peer"
)

const ms = time.Millisecond

// pair returns both ends of a lane.
func pair(t testing.TB) (a, b *Lane) {
	t.Helper()
	var secrets [2]*seal.Secret
	ends := [2]seal.End{{ID: peer.ID{1}, Process: 1}, {ID: peer.ID{2}, Process: 2}}
	for i := range secrets {
		var err error
		if secrets[i], err = seal.NewSecret(); err != nil {
			t.Fatal(err)
		}
	}
	var lanes [2]*Lane
	for i := range lanes {
		p, err := secrets[i].Pair(seal.Context{Room: "room", Purpose: "test"}, ends[i], ends[1-i], secrets[1-i].Public())
		if err != nil {
			t.Fatal(err)
		}
		lanes[i] = New(p)
	}
	return lanes[0], lanes[1]
}

// carry brings a datagram from one to the other and what that answers back.
func carry(t testing.TB, now time.Duration, b []byte, to, from *Lane) Packet {
	t.Helper()
	if name, ok := NameOf(b); !ok || name != to.Name() {
		t.Fatalf("the datagram is for %x (%v), not for %x", name, ok, to.Name())
	}
	p, err := to.Open(now, b)
	if err != nil {
		t.Fatal(err)
	}
	if p.Answer && from != nil {
		b, err := to.Answer(nil, now)
		if err != nil {
			t.Fatal(err)
		}
		carry(t, now, b, from, nil)
	}
	return p
}

// meet lets both ends find out that datagrams get through.
func meet(t testing.TB, a, b *Lane, now time.Duration) {
	t.Helper()
	for _, ends := range [][2]*Lane{{a, b}, {b, a}} {
		if ask, ok := ends[0].Ask(nil, now); ok {
			carry(t, now, ask, ends[1], ends[0])
		}
	}
	if !a.Usable(now) || !b.Usable(now) {
		t.Fatal("what was asked was answered, and yet it is not usable")
	}
}

func TestNothingIsUsedUnasked(t *testing.T) {
	a, b := pair(t)
	if a.Usable(0) || b.Usable(0) {
		t.Fatal("usable, and nothing came through")
	}
	// Only a's datagrams get through: neither uses them.
	for now := time.Duration(0); now < 10*time.Second; now += 10 * ms {
		if ask, ok := a.Ask(nil, now); ok {
			carry(t, now, ask, b, nil)
		}
		b.Ask(nil, now)
		if a.Usable(now) || b.Usable(now) {
			t.Fatalf("at %v usable, and only one direction works", now)
		}
	}
	meet(t, a, b, 20*time.Second)
	if _, ok := a.Ask(nil, 30*time.Second); ok {
		t.Error("it asks though it knows")
	}
}

func TestAsksBecomeRarer(t *testing.T) {
	a, _ := pair(t)
	var soon, late int
	for now := time.Duration(0); now < 31*time.Second; now += 10 * ms {
		if _, ok := a.Ask(nil, now); ok {
			if now < 2*time.Second {
				soon++
			} else {
				late++
			}
		}
	}
	if soon < 20 || soon > 22 || late < 4 || late > 7 {
		t.Errorf("%d asked in the first two seconds and %d in the 29 after", soon, late)
	}
}

func TestWhatCarries(t *testing.T) {
	a, b := pair(t)
	var riders []byte
	for _, r := range []string{"ping", "acknowledgement"} {
		var ok bool
		if riders, ok = AppendRider(riders, []byte(r)); !ok {
			t.Fatal(r)
		}
	}
	if _, ok := AppendRider(nil, make([]byte, 256)); ok {
		t.Error("a rider of 256 bytes")
	}
	if _, ok := AppendRider(nil, nil); ok {
		t.Error("an empty rider")
	}
	for _, riders := range [][]byte{nil, riders} {
		for _, text := range [][]byte{nil, []byte("move"), bytes.Repeat([]byte{0}, 1200)} {
			d, err := a.Seal(nil, 0, riders, text)
			if err != nil {
				t.Fatal(err)
			}
			if extra := len(d) - len(text) - len(riders); extra > Overhead+1 {
				t.Errorf("%d bytes more than it carries", extra)
			}
			if len(text) > 0 && text[0] != 0 && bytes.Contains(d, text) {
				t.Error("the text can be read")
			}
			p := carry(t, 0, d, b, nil)
			var rode []string
			for r := p.Rider(); r != nil; r = p.Rider() {
				rode = append(rode, string(r))
			}
			if want := len(riders) > 0; want != (len(rode) == 2 && rode[0] == "ping" && rode[1] == "acknowledgement") || !want && len(rode) > 0 {
				t.Errorf("riders %q", rode)
			}
			if !bytes.Equal(p.Payload, text) {
				t.Errorf("%d bytes became %d", len(text), len(p.Payload))
			}
		}
	}
}

func TestNothingElseOpens(t *testing.T) {
	a, b := pair(t)
	other, _ := pair(t)
	good, _ := a.Seal(nil, 0, nil, []byte("move"))
	for i := headSize; i < len(good); i++ { // the head only finds the receiver
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if _, err := b.Open(0, bad); !errors.Is(err, ErrForged) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	if _, err := other.Open(0, bytes.Clone(good)); !errors.Is(err, ErrForged) {
		t.Errorf("with other keys: %v", err)
	}
	for n := range Overhead {
		if _, err := b.Open(0, bytes.Clone(good[:n])); !errors.Is(err, ErrForged) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	again := bytes.Clone(good)
	carry(t, 0, good, b, nil)
	if _, err := b.Open(0, again); !errors.Is(err, ErrTwice) {
		t.Errorf("the second copy: %v", err)
	}
	// What is truly the other end's and of no version that we know.
	for _, plain := range [][]byte{{known + 1}, {laden}, {laden, 5, 1}, {laden, 1, 1}} {
		d, err := a.pair.Seal(good[:headSize:headSize], laneByte, plain)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Open(0, d); !errors.Is(err, ErrForged) {
			t.Errorf("%v: %v", plain, err)
		}
	}
}

// TestLaneGivesWay: a box on the way lets our datagrams through no more, in one
// direction or both, but all else; later it does again.
func TestLaneGivesWay(t *testing.T) {
	for name, cut := range map[string][2]bool{"both": {true, true}, "there": {true, false}, "back": {false, true}} {
		t.Run(name, func(t *testing.T) {
			a, b := pair(t)
			now := 992 * ms // a multiple of 16
			meet(t, a, b, now)
			play := func(until time.Duration, cut [2]bool) {
				for ; now < until; now += 16 * ms {
					for i, ends := range [][2]*Lane{{a, b}, {b, a}} {
						if now%(480*ms) == 0 {
							ends[1].Elsewhere(now) // a ping by SCTP
						}
						var d []byte
						ok := ends[0].Usable(now)
						if ok {
							d, _ = ends[0].Seal(nil, now, nil, []byte("move"))
						} else if d, ok = ends[0].Ask(nil, now); !ok {
							ends[1].Elsewhere(now) // the move goes by SCTP
							continue
						}
						if !cut[i] {
							p, err := ends[1].Open(now, d)
							if err != nil {
								t.Fatal(err)
							}
							if p.Answer && !cut[1-i] {
								d, _ = ends[1].Answer(nil, now)
								if _, err := ends[0].Open(now, d); err != nil {
									t.Fatal(err)
								}
							}
						}
					}
				}
			}
			play(5*time.Second, [2]bool{})
			if !a.Usable(now) || !b.Usable(now) {
				t.Fatal("it worked all the time")
			}
			play(8*time.Second, cut)
			if a.Usable(now) || b.Usable(now) {
				t.Errorf("3 s after the cut: a uses it %v, b uses it %v", a.Usable(now), b.Usable(now))
			}
			play(15*time.Second, [2]bool{})
			if !a.Usable(now) || !b.Usable(now) {
				t.Errorf("7 s after the cut ended: a uses it %v, b uses it %v", a.Usable(now), b.Usable(now))
			}
		})
	}
}

// TestOutageIsNoReason: when nothing comes at all the lane stays, for what comes
// first after an outage shall be a move, and SCTP's come late.
func TestOutageIsNoReason(t *testing.T) {
	a, b := pair(t)
	meet(t, a, b, time.Second)
	a.Elsewhere(time.Second + 10*ms)
	d, _ := b.Seal(nil, 0, nil, []byte("move"))
	if _, err := a.Open(time.Second+20*ms, d); err != nil {
		t.Fatal(err)
	}
	if !a.Usable(time.Minute) || !b.Usable(time.Minute) {
		t.Error("an outage ended it")
	}
}

func TestNothingAllocates(t *testing.T) {
	a, b := pair(t)
	meet(t, a, b, time.Second)
	riders, _ := AppendRider(nil, []byte("ping"))
	move, sealed := make([]byte, 200), make([]byte, 0, 400)
	now := time.Second
	n := testing.AllocsPerRun(1000, func() {
		now += ms
		var err error
		if sealed, err = a.Seal(sealed[:0], now, riders, move); err != nil {
			t.Fatal(err)
		}
		p, err := b.Open(now, sealed)
		if err != nil || p.Rider() == nil || len(p.Payload) != len(move) {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations per datagram", n)
	}
}

// FuzzOpen: whatever comes, and whatever a true other end seals, opens to something
// within it or not at all.
func FuzzOpen(f *testing.F) {
	f.Add([]byte{}, false)
	f.Add([]byte{Kind, 1, 2, 3, 4}, false)
	f.Add([]byte{laden, 1, 7, 0, 1}, true)
	f.Add([]byte{hearing | asking, 1}, true)
	a, b := pair(f)
	f.Fuzz(func(t *testing.T, text []byte, sealed bool) {
		NameOf(text)
		d := bytes.Clone(text)
		if sealed {
			d, _ = a.pair.Seal(make([]byte, headSize), laneByte, text)
		}
		p, err := b.Open(time.Second, d)
		if err != nil {
			return
		}
		if !sealed {
			t.Fatal("nobody sealed it")
		}
		n := len(p.Payload)
		for r := p.Rider(); r != nil; r = p.Rider() {
			if len(r) == 0 {
				t.Fatal("an empty rider")
			}
			n += len(r)
		}
		if n > len(text) {
			t.Fatalf("%d bytes carried %d", len(text), n)
		}
	})
}

// TestNewest: what was held back, by whomever, says nothing of now.
func TestNewest(t *testing.T) {
	a, b := pair(t)
	var list [][]byte
	for range 200 {
		d, _ := a.Seal(nil, 0, nil, []byte("move"))
		list = append(list, d)
	}
	copyOf := func(i int) []byte { return bytes.Clone(list[i]) }
	if p := carry(t, 0, copyOf(199), b, nil); !p.Newest {
		t.Error("the newest is none")
	}
	if p := carry(t, 0, copyOf(198), b, nil); p.Newest {
		t.Error("what was overtaken is the newest")
	}
	if p := carry(t, 0, copyOf(10), b, nil); p.Newest {
		t.Error("what was held back is the newest")
	}
	if _, err := b.Open(0, copyOf(198)); !errors.Is(err, ErrTwice) {
		t.Errorf("a copy at once: %v", err)
	}
	if _, err := b.Open(0, copyOf(10)); !errors.Is(err, ErrForged) {
		t.Errorf("a copy from long ago: %v", err)
	}
}
