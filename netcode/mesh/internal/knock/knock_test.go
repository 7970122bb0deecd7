package knock

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

func invite() Invite {
	return Invite{
		Room: "room-1", Member: peer.ID{1, 2}, Ticket: NewTicket([32]byte{9}, "room-1", time.Hour),
		Addresses: []netip.AddrPort{netip.MustParseAddrPort("203.0.113.7:4000"), netip.MustParseAddrPort("[2001:db8::1]:5")},
	}
}

func TestInvitesGoThroughText(t *testing.T) {
	v := invite()
	s := v.String()
	v.Room = "00112233445566778899aabbccddeeff"
	if got, err := Parse(v.String()); err != nil || !reflect.DeepEqual(got, v) || len(v.String()) > 160 {
		t.Errorf("%+v, %v, in %d characters", got, err, len(v.String()))
	}
	v.Room = "room-1"
	got, err := Parse(s)
	if err != nil || !reflect.DeepEqual(got, v) {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range s {
		if _, err := Parse(s[:i]); err == nil {
			t.Errorf("cut to %d characters it is an invitation", i)
		}
	}
}

func TestTickets(t *testing.T) {
	key := [32]byte{9}
	good := NewTicket(key, "room", time.Hour)
	if !good.Good(key, "room", time.Hour-1) || good.Good(key, "room", time.Hour) {
		t.Error("it is not good until it expires")
	}
	if good.Good(key, "moor", 0) || good.Good([32]byte{8}, "room", 0) {
		t.Error("it is good elsewhere")
	}
	for i := range good {
		bad := good
		bad[i] ^= 1
		if bad.Good(key, "room", 0) {
			t.Errorf("byte %d may be changed", i)
		}
	}
}

func TestLettersGoInParts(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 1))
	var j Joiner
	for number, size := range []int{0, 1, partSize - 1, partSize, partSize + 1, 16 << 10} {
		letter := make([]byte, size)
		for i := range letter {
			letter[i] = byte(dice.Uint32())
		}
		var parts [][]byte
		Split([]byte("head"), uint16(number), letter, func(b []byte) { parts = append(parts, bytes.Clone(b)) })
		dice.Shuffle(len(parts), func(a, b int) { parts[a], parts[b] = parts[b], parts[a] })
		var got []byte
		for i, p := range parts {
			if len(p) > 4+headSize+partSize || !bytes.HasPrefix(p, []byte("head")) {
				t.Fatalf("a part of %d bytes", len(p))
			}
			got = j.Take(p[4:])
			if again := j.Take(p[4:]); i < len(parts)-1 && (got != nil || again != nil) {
				t.Fatalf("%d bytes: whole after %d parts of %d", size, i+1, len(parts))
			}
		}
		if got == nil || !bytes.Equal(got, letter) {
			t.Errorf("%d bytes came as %d", size, len(got))
		}
	}
}

func FuzzJoiner(f *testing.F) {
	Split(nil, 1, make([]byte, 1500), func(b []byte) { f.Add(b, []byte{1, 0, 1, 2, 7}) })
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var j Joiner
		for _, p := range [][]byte{a, b, a} {
			if got := j.Take(p); len(got) > maxParts*partSize {
				t.Errorf("a letter of %d bytes", len(got))
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	v := invite()
	f.Add(v.String())
	v.Room = "00112233445566778899aabbccddeeff"
	f.Add(v.String())
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(v.String())
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("%q: %+v, %v", s, again, err)
		}
	})
}

func FuzzRefusal(f *testing.F) {
	v := invite()
	f.Add(Refusal(v.Member, v.Ticket, Expired))
	f.Add(Refusal(v.Member, v.Ticket, reasons))
	f.Fuzz(func(t *testing.T, b []byte) {
		why, ok := ParseRefusal(b, v.Member, v.Ticket)
		if ok != (why > 0 && why < reasons) || ok && !bytes.Equal(b, Refusal(v.Member, v.Ticket, why)) {
			t.Errorf("%x: %d, %v", b, why, ok)
		}
	})
}
