package letter

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

const goodSDP = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n" +
	"a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1F\r\n" +
	"a=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=mid:0\r\n" +
	"a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=sctp-port:5000\r\n"

func letters() []Letter {
	return []Letter{
		{Kind: Hello, From: 1, Ask: true},
		{Kind: Hello, From: 1, To: 2, Want: true, Nonce: Nonce{1, 2, 3}},
		{Kind: Offer, From: 1, To: 2, Nonce: Nonce{4}, Echo: Nonce{5}, Lifetime: time.Minute, Seal: [32]byte{9}, Fingerprint: [32]byte{6}, Ufrag: "u", SDP: goodSDP, Sig: [64]byte{7}},
		{Kind: Answer, From: 1, To: 2, Nonce: Nonce{4}, Echo: Nonce{5}, Lifetime: 1 * time.Millisecond, Ufrag: strings.Repeat("u", maxUfrag), SDP: strings.Repeat("s", MaxSDP)},
		{Kind: Hello, From: 1, To: 2, Again: true, Signed: true, Nonce: Nonce{1}, Echo: Nonce{2}, Session: Nonce{3}, Sig: [64]byte{4}},
		{Kind: Restart, From: 1, To: 2, Nonce: Nonce{4}, Echo: Nonce{5}, Challenge: Nonce{6}, Lifetime: time.Minute, Ufrag: "u", SDP: goodSDP, Sig: [64]byte{7}},
		{Kind: Address, From: 3, To: 4, Nonce: Nonce{8}, Ufrag: "u", Candidate: Candidate{"candidate:1 1 udp 1 127.0.0.1 9 typ host", "0", 1}, Sig: [64]byte{9}},
	}
}

func TestLettersSurviveTheTrip(t *testing.T) {
	for _, l := range letters() {
		b := l.Append(nil)
		if len(b) > peer.MaxMessage {
			t.Errorf("a letter of %d bytes", len(b))
		}
		if got, err := Parse(b); err != nil || got != l {
			t.Errorf("kind %d came as %+v, %v", l.Kind, got, err)
		}
		for n := range b {
			if _, err := Parse(b[:n]); err == nil {
				t.Fatalf("kind %d cut to %d of %d bytes is accepted", l.Kind, n, len(b))
			}
		}
		if _, err := Parse(append(b, 0)); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("kind %d and a byte more: %v", l.Kind, err)
		}
	}
}

func FuzzLetter(f *testing.F) {
	for _, l := range letters() {
		f.Add(l.Append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Parse(b)
		if err != nil {
			return
		}
		if again := l.Append(nil); !bytes.Equal(again, b) {
			t.Fatalf("two spellings of one letter:\n%x\n%x", b, again)
		}
	})
}

// TestSignatureCoversEverything changes each field that is signed.
func TestSignatureCoversEverything(t *testing.T) {
	base := letters()[2]
	a, b := someID(1), someID(2)
	want := base.Canonical("room", a, b)
	for name, change := range map[string]func(l *Letter){
		"kind":        func(l *Letter) { l.Kind = Answer },
		"from":        func(l *Letter) { l.From++ },
		"to":          func(l *Letter) { l.To++ },
		"nonce":       func(l *Letter) { l.Nonce[15]++ },
		"echo":        func(l *Letter) { l.Echo[15]++ },
		"lifetime":    func(l *Letter) { l.Lifetime += time.Millisecond },
		"seal":        func(l *Letter) { l.Seal[31]++ },
		"fingerprint": func(l *Letter) { l.Fingerprint[31]++ },
		"ufrag":       func(l *Letter) { l.Ufrag += "v" },
		"sdp":         func(l *Letter) { l.SDP += "v" },
		"boundary":    func(l *Letter) { l.Ufrag += l.SDP[:1]; l.SDP = l.SDP[1:] },
	} {
		l := base
		change(&l)
		if bytes.Equal(l.Canonical("room", a, b), want) {
			t.Errorf("%s is not signed", name)
		}
	}
	for name, other := range map[string][]byte{
		"room": base.Canonical("moor", a, b), "sender": base.Canonical("room", b, b), "receiver": base.Canonical("room", a, a),
	} {
		if bytes.Equal(other, want) {
			t.Errorf("the %s is not signed", name)
		}
	}
}

func someID(n byte) peer.ID { return peer.KeyFromSeed([peer.SeedSize]byte{n}).ID() }
