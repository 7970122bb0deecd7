package evidence

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestHeadVerify(t *testing.T) {
	log := newLog(testKey(1), 2, 30, 30, "")
	good := log.head(30)
	if err := good.Verify(); err != nil {
		t.Fatalf("an honest head: %v", err)
	}
	if good.Holder != testKey(1).ID() || good.Tag != log.tag(30) {
		t.Fatalf("signing changed the head: %+v", good)
	}
	for _, tc := range []struct {
		name   string
		change func(h *Head)
		want   error
	}{
		{"match", func(h *Head) { h.Match[15]++ }, ErrSignature},
		{"seat", func(h *Head) { h.Seat++ }, ErrSignature},
		{"holder", func(h *Head) { h.Holder = testKey(2).ID() }, ErrSignature},
		{"incarnation", func(h *Head) { h.Incarnation++ }, ErrSignature},
		{"frame", func(h *Head) { h.Frame++ }, ErrSignature},
		{"tag", func(h *Head) { h.Tag[31]++ }, ErrSignature},
		{"signature", func(h *Head) { h.Sig[0]++ }, ErrSignature},
		{"end of signature", func(h *Head) { h.Sig[63]++ }, ErrSignature},
		{"no signature", func(h *Head) { h.Sig = [HeadSize]byte{} }, ErrSignature},
		{"seat as a byte", func(h *Head) { h.Seat += 256 }, ErrHead},
		{"seat that no match has", func(h *Head) { h.Seat = peer.MaxSeats }, ErrHead},
		{"negative seat", func(h *Head) { h.Seat = -1 }, ErrHead},
		{"negative frame", func(h *Head) { h.Frame = -1 }, ErrHead},
		{"nobody", func(h *Head) { h.Holder = peer.ID{} }, ErrHead},
		{"zero", func(h *Head) { *h = Head{} }, ErrHead},
	} {
		h := good
		tc.change(&h)
		wantErr(t, tc.name, h.Verify(), tc.want)
	}
}

// TestHeadIsItsOwnDomain makes sure that what a key signed elsewhere, under
// another domain or none, is no head.
func TestHeadIsItsOwnDomain(t *testing.T) {
	log := newLog(testKey(1), 2, 30, 30, "")
	h := log.head(30)
	bare := h.message(nil)[len(headDomain):]
	if !bytes.HasPrefix(h.message(nil), []byte(headDomain)) || len(bare) != headFixed {
		t.Fatalf("the message is %q", h.message(nil))
	}
	for _, msg := range [][]byte{bare, append([]byte("tutti log v1\x00"), bare...), bare[len(bare)-32:]} {
		h.Sig = [HeadSize]byte(testKey(1).Sign(msg))
		wantErr(t, "foreign signature", h.Verify(), ErrSignature)
	}
}

// TestHeadOfNobody: the zero ID is a point of order 4, so one signature out of
// four that anybody makes up is good. Head.Verify must not get that far.
func TestHeadOfNobody(t *testing.T) {
	h := Head{Match: testMatch, Sig: [HeadSize]byte{0: 1}} // R is the neutral element, S is 0
	forged := 0
	for h.Frame = range int32(64) {
		if ed25519.Verify(h.Holder[:], h.message(nil), h.Sig[:]) {
			forged++
			wantErr(t, "head of the zero ID", h.Verify(), ErrHead)
		}
	}
	if forged == 0 {
		t.Error("no signature in the zero ID's name was good: the test tests nothing")
	}
}

func TestSignRefuses(t *testing.T) {
	for name, f := range map[string]func(){
		"zero key":       func() { Sign(peer.Key{}, Head{}) },
		"seat":           func() { Sign(testKey(1), Head{Seat: peer.MaxSeats}) },
		"negative seat":  func() { Sign(testKey(1), Head{Seat: -1}) },
		"negative frame": func() { Sign(testKey(1), Head{Frame: -1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: signed", name)
				}
			}()
			f()
		}()
	}
}

func TestParseHead(t *testing.T) {
	log := newLog(testKey(3), 7, 20, 20, "")
	log.incarnation = 0xfffffffe
	want := log.head(20)
	full := want.Append([]byte("x"))
	if len(full) != 1+FullSize {
		t.Fatalf("%d bytes; want %d", len(full)-1, FullSize)
	}
	r := wire.NewReader(append(full[1:], 0xaa))
	if got := ParseHead(&r); got != want || r.Err() != nil || r.Len() != 1 {
		t.Errorf("got %+v, %v, %d bytes left; want %+v", got, r.Err(), r.Len(), want)
	}
	for n := range FullSize {
		r := wire.NewReader(full[1 : 1+n])
		if got := ParseHead(&r); got != (Head{}) {
			t.Fatalf("of %d bytes: %+v", n, got)
		}
		wantErr(t, "cut short", r.Err(), wire.ErrTruncated)
	}
	for name, i := range map[string]int{"seat": 16, "sign of the frame": 16 + 1 + 32 + 4 + 3} {
		b := bytes.Clone(full[1:])
		b[i] |= 0x88
		r := wire.NewReader(b)
		if got := ParseHead(&r); got != (Head{}) {
			t.Errorf("%s: %+v", name, got)
		}
		wantErr(t, name, r.Err(), wire.ErrRange)
	}
}
