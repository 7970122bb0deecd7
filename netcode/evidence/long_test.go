package evidence

import (
	"bytes"
	"testing"

	"github.com/tuttiplay/tutti/netcode/wire"
)

// longProof is the case that needs a LongProof: the liar signs for one player
// at frame 90, for another at frame 60, and never two heads at one frame.
func longProof(t testing.TB) LongProof {
	told, kept := twoStories()
	p, err := NewLongProof(kept.head(60), told.head(90), told.tag(60), told.entries[60:90])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLongProof(t *testing.T) {
	told, kept := twoStories()
	p := longProof(t)
	if p.Guilty() != told.key.ID() {
		t.Errorf("guilty is %v; want %v", p.Guilty(), told.key.ID())
	}
	changed := append([][]byte(nil), told.entries[60:90]...)
	changed[7] = append(bytes.Clone(changed[7]), '!')
	framed := Sign(testKey(2), kept.head(60))
	framed.Holder = told.key.ID()
	unsigned := told.head(90)
	unsigned.Sig[3]++
	seat9 := func(h Head) Head { h.Seat = 9; return h }
	otherSeat := newLog(told.key, 3, 90, 10, " down")
	restarted := newLog(told.key, 2, 90, 10, " down")
	restarted.incarnation = 1
	huge := append([][]byte(nil), told.entries[60:90]...)
	huge[0] = make([]byte, MaxLongSize)
	long := newLog(told.key, 2, MaxEntries+20, 10, "")
	for _, tc := range []struct {
		name      string
		low, high Head
		before    Tag
		entries   [][]byte
		want      error
	}{
		{"from frame 89", kept.head(89), told.head(90), told.tag(89), told.entries[89:90], nil},
		{"as many as may be", kept.head(10 + 1), long.head(MaxEntries + 11), long.tag(11), long.entries[11 : MaxEntries+11], nil},
		{"one more", kept.head(10 + 1), long.head(MaxEntries + 12), long.tag(11), long.entries[11 : MaxEntries+12], ErrForm},
		{"one history", told.head(60), told.head(90), told.tag(60), told.entries[60:90], ErrAgree},
		{"no difference yet", kept.head(10), told.head(90), told.tag(10), told.entries[10:90], ErrAgree},
		// What an accuser gets by changing an entry that it received: the tag
		// before is known, but no longer leads to the signed head.
		{"changed entry", kept.head(60), told.head(90), told.tag(60), changed, ErrOpening},
		{"unsigned start", told.head(60), told.head(90), Tag{1}, told.entries[60:90], ErrOpening},
		{"honest, changed entry", told.head(60), told.head(90), told.tag(60), changed, ErrAgree},
		{"other story's entries", kept.head(60), told.head(90), told.tag(60), kept.entries[60:90], ErrOpening},
		{"entries of other frames", kept.head(60), told.head(90), told.tag(59), told.entries[59:89], ErrOpening},
		{"one entry missing", kept.head(60), told.head(90), told.tag(60), told.entries[60:89], ErrForm},
		{"one entry too many", kept.head(60), told.head(90), told.tag(59), told.entries[59:90], ErrForm},
		{"huge entry", kept.head(60), told.head(90), told.tag(60), huge, ErrForm},
		{"wrong way round", told.head(90), kept.head(60), told.tag(60), told.entries[60:90], ErrMixed},
		{"same frame", kept.head(60), told.head(60), told.tag(60), nil, ErrMixed},
		{"other seat", otherSeat.head(60), told.head(90), told.tag(60), told.entries[60:90], ErrMixed},
		{"other incarnation", restarted.head(60), told.head(90), told.tag(60), told.entries[60:90], ErrMixed},
		{"framed", framed, told.head(90), told.tag(60), told.entries[60:90], ErrSignature},
		{"late head unsigned", kept.head(60), unsigned, told.tag(60), told.entries[60:90], ErrSignature},
		{"impossible", seat9(kept.head(60)), seat9(told.head(90)), told.tag(60), told.entries[60:90], ErrHead},
		{"nothing", Head{}, Head{}, Tag{}, nil, ErrMixed},
	} {
		p, err := NewLongProof(tc.low, tc.high, tc.before, tc.entries)
		wantErr(t, tc.name, err, tc.want)
		if err != nil && (p.Low != Head{} || p.Entries != nil) {
			t.Errorf("%s: a proof came with the error", tc.name)
		}
	}
}

// TestLongProofRoot takes a holder whose key reads as a frame and a length, so
// that what its root is the hash of can be cut into a tag and an entry. One key
// out of 2^63 is so, and here it is made up; the signature comes too late to
// matter.
func TestLongProofRoot(t *testing.T) {
	var low Head
	low.Holder = [32]byte{2: 4, 6: 26, 31: 1} // frame 4, an entry of 26 bytes
	low.Match, low.Frame = testMatch, 4
	high := low
	high.Frame, high.Tag = 5, Root(testMatch, 0, low.Holder, 0)
	message := append([]byte(rootDomain), testMatch[:]...)
	message = append(message, 0)
	message = append(message, low.Holder[:]...)
	message = append(message, 0, 0, 0, 0)
	p := LongProof{Low: low, High: high, Before: Tag(message), Entries: [][]byte{message[40:]}}
	if p.Before.Next(4, p.Entries[0], nil) != high.Tag {
		t.Fatal("the root can't be cut into a tag and an entry: the test tests nothing")
	}
	wantErr(t, "a root for an entry", p.Verify(), ErrOpening)
}

func TestLongProofBinary(t *testing.T) {
	p := longProof(t)
	p.Entries = append([][]byte(nil), p.Entries...)
	b, err := p.MarshalBinary()
	if err != nil || len(b) != p.size() {
		t.Fatalf("%d bytes, %v; want %d", len(b), err, p.size())
	}
	kept := bytes.Clone(b)
	var q LongProof
	if err := q.UnmarshalBinary(b); err != nil || q.Verify() != nil {
		t.Fatalf("%v, %v", err, q.Verify())
	}
	clear(b)
	if again, err := q.MarshalBinary(); err != nil || !bytes.Equal(again, kept) {
		t.Fatalf("another spelling, or the proof points into what it was read from: %v", err)
	}
	b = kept
	for n := range b {
		if err := q.UnmarshalBinary(b[:n]); err == nil || q.Verify() != nil {
			t.Fatalf("%d of %d bytes: error %v", n, len(b), err)
		}
	}
	wantErr(t, "trailing", q.UnmarshalBinary(append(bytes.Clone(b), 0)), wire.ErrTrailing)
	wantErr(t, "too large", q.UnmarshalBinary(make([]byte, MaxLongSize+1)), ErrForm)
	for i := range b {
		changed := bytes.Clone(b)
		changed[i] ^= 1
		var r LongProof
		if err := r.UnmarshalBinary(changed); err == nil && r.Verify() == nil {
			t.Errorf("byte %d may be changed", i)
		}
	}
	const end = 1 + headFixed - 32 // where the frame of the high head stands
	for name, frame := range map[string][4]byte{
		"too many": {0x3d, 4}, "none": {60}, "backwards": {59}, "negative": {90, 0, 0, 0x80}, "all": {0xff, 0xff, 0xff, 0xff},
	} {
		changed := bytes.Clone(b)
		copy(changed[end:], frame[:])
		wantErr(t, name, q.UnmarshalBinary(changed), ErrForm)
	}
	if b[end] != 90 {
		t.Error("the frame stands somewhere else: the cases above test nothing")
	}
	agreeing := bytes.Clone(b)
	copy(agreeing[end+4+2*96:], b[end+4:end+4+32])
	wantErr(t, "agreeing", q.UnmarshalBinary(agreeing), ErrAgree)
	_, err = LongProof{}.MarshalBinary()
	wantErr(t, "zero", err, ErrMixed)
}
