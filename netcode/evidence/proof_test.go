package evidence

import (
	"bytes"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestProof(t *testing.T) {
	told, kept := twoStories()
	if told.tag(10) != kept.tag(10) || told.tag(11) == kept.tag(11) {
		t.Fatal("the stories do not part at frame 10")
	}
	a, b := told.head(30), kept.head(30)
	p, err := NewProof(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if p.Guilty() != told.key.ID() {
		t.Errorf("guilty is %v; want %v", p.Guilty(), told.key.ID())
	}
	if q, err := NewProof(b, a); err != nil || q != p {
		t.Errorf("the other way round: %+v, %v; want the same proof", q, err)
	}
	if swapped := (Proof{p.B, p.A}); swapped.Verify() != nil {
		t.Error("Verify minds the order")
	}

	otherSeat := newLog(told.key, 3, 90, 10, " down")
	restarted := newLog(told.key, 2, 90, 10, " down")
	restarted.incarnation = 1
	other := newLog(testKey(2), 2, 90, 10, " down")
	otherMatch := kept.head(30)
	otherMatch.Match[0]++
	otherMatch = Sign(kept.key, otherMatch)
	framed := Sign(testKey(2), kept.head(30)) // by another key, in the liar's name
	framed.Holder = told.key.ID()
	impossible := a
	impossible.Seat = 8
	impossible2 := b
	impossible2.Seat = 8
	cut := b
	cut.Sig[10]++
	for _, tc := range []struct {
		name string
		a, b Head
		want error
	}{
		{"same head", a, a, ErrAgree},
		{"before the stories part", told.head(10), kept.head(10), ErrAgree},
		{"other frame", a, kept.head(60), ErrMixed},
		{"other seat", a, otherSeat.head(30), ErrMixed},
		{"other incarnation", a, restarted.head(30), ErrMixed},
		{"other holder", a, other.head(30), ErrMixed},
		{"other match", a, otherMatch, ErrMixed},
		{"framed", a, framed, ErrSignature},
		{"framed, first", framed, a, ErrSignature},
		{"broken signature", a, cut, ErrSignature},
		{"impossible seat", impossible, impossible2, ErrHead},
		{"nothing", Head{}, Head{}, ErrAgree},
	} {
		got, err := NewProof(tc.a, tc.b)
		wantErr(t, tc.name, err, tc.want)
		if got != (Proof{}) {
			t.Errorf("%s: a proof came with the error", tc.name)
		}
	}
}

func TestProofBinary(t *testing.T) {
	told, kept := twoStories()
	p, err := NewProof(told.head(30), kept.head(30))
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.MarshalBinary()
	if err != nil || len(b) != 250 {
		t.Fatalf("%d bytes, %v; want 250", len(b), err)
	}
	if swapped, err := (Proof{p.B, p.A}).MarshalBinary(); err != nil || !bytes.Equal(swapped, b) {
		t.Errorf("the other order has another spelling, or %v", err)
	}
	var q Proof
	if err := q.UnmarshalBinary(b); err != nil || q != p {
		t.Fatalf("got %+v, %v; want %+v", q, err, p)
	}
	for n := range b {
		if err := q.UnmarshalBinary(b[:n]); err == nil || q != p {
			t.Fatalf("%d of %d bytes: error %v", n, len(b), err)
		}
	}
	wantErr(t, "trailing", q.UnmarshalBinary(append(bytes.Clone(b), 0)), wire.ErrTrailing)
	tags := bytes.Clone(b)
	copy(tags[58:], b[58+96:])
	copy(tags[58+96:], b[58:58+96])
	wantErr(t, "heads swapped", q.UnmarshalBinary(tags), ErrForm)
	copy(tags[58+96:], tags[58:58+96])
	wantErr(t, "heads equal", q.UnmarshalBinary(tags), ErrForm)
	for i := range b {
		changed := bytes.Clone(b)
		changed[i] ^= 1
		var r Proof
		if err := r.UnmarshalBinary(changed); err == nil && r.Verify() == nil {
			t.Errorf("byte %d may be changed", i)
		}
	}
	if q != p {
		t.Error("an error changed the proof")
	}

	_, err = Proof{}.MarshalBinary()
	wantErr(t, "zero", err, ErrAgree)
	_, err = Proof{told.head(30), kept.head(60)}.MarshalBinary()
	wantErr(t, "mixed", err, ErrMixed)
	nobody := Proof{Head{}, Head{Tag: Tag{1}}}
	_, err = nobody.MarshalBinary()
	wantErr(t, "nobody", err, ErrHead)
	noHolder := bytes.Clone(b)
	copy(noHolder[18:], make([]byte, peer.IDSize))
	wantErr(t, "nobody", q.UnmarshalBinary(noHolder), ErrForm)
}
