package mesh

import (
	"bytes"
	"encoding/binary"
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

func letters() []letter {
	return []letter{
		{kind: helloLetter, from: 1, ask: true},
		{kind: helloLetter, from: 1, to: 2, want: true, nonce: nonce{1, 2, 3}},
		{kind: offerLetter, from: 1, to: 2, nonce: nonce{4}, echo: nonce{5}, lifetime: time.Minute, seal: [32]byte{9}, fingerprint: [32]byte{6}, ufrag: "u", sdp: goodSDP, sig: [64]byte{7}},
		{kind: answerLetter, from: 1, to: 2, nonce: nonce{4}, echo: nonce{5}, lifetime: 1 * time.Millisecond, ufrag: strings.Repeat("u", maxUfrag), sdp: strings.Repeat("s", maxSDP)},
		{kind: helloLetter, from: 1, to: 2, again: true, signed: true, nonce: nonce{1}, echo: nonce{2}, session: nonce{3}, sig: [64]byte{4}},
		{kind: restartLetter, from: 1, to: 2, nonce: nonce{4}, echo: nonce{5}, challenge: nonce{6}, lifetime: time.Minute, ufrag: "u", sdp: goodSDP, sig: [64]byte{7}},
		{kind: candidateLetter, from: 3, to: 4, nonce: nonce{8}, ufrag: "u", candidate: candidate{"candidate:1 1 udp 1 127.0.0.1 9 typ host", "0", 1}, sig: [64]byte{9}},
	}
}

func TestLettersSurviveTheTrip(t *testing.T) {
	for _, l := range letters() {
		b := l.append(nil)
		if len(b) > peer.MaxMessage {
			t.Errorf("a letter of %d bytes", len(b))
		}
		if got, err := parseLetter(b); err != nil || got != l {
			t.Errorf("kind %d came as %+v, %v", l.kind, got, err)
		}
		for n := range b {
			if _, err := parseLetter(b[:n]); err == nil {
				t.Fatalf("kind %d cut to %d of %d bytes is accepted", l.kind, n, len(b))
			}
		}
		if _, err := parseLetter(append(b, 0)); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("kind %d and a byte more: %v", l.kind, err)
		}
	}
}

func FuzzLetter(f *testing.F) {
	for _, l := range letters() {
		f.Add(l.append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := parseLetter(b)
		if err != nil {
			return
		}
		if again := l.append(nil); !bytes.Equal(again, b) {
			t.Fatalf("two spellings of one letter:\n%x\n%x", b, again)
		}
	})
}

// TestSignatureCoversEverything changes each field that is signed.
func TestSignatureCoversEverything(t *testing.T) {
	base := letters()[2]
	a, b := testID(1), testID(2)
	want := base.canonical("room", a, b)
	for name, change := range map[string]func(l *letter){
		"kind":        func(l *letter) { l.kind = answerLetter },
		"from":        func(l *letter) { l.from++ },
		"to":          func(l *letter) { l.to++ },
		"nonce":       func(l *letter) { l.nonce[15]++ },
		"echo":        func(l *letter) { l.echo[15]++ },
		"lifetime":    func(l *letter) { l.lifetime += time.Millisecond },
		"seal":        func(l *letter) { l.seal[31]++ },
		"fingerprint": func(l *letter) { l.fingerprint[31]++ },
		"ufrag":       func(l *letter) { l.ufrag += "v" },
		"sdp":         func(l *letter) { l.sdp += "v" },
		"boundary":    func(l *letter) { l.ufrag += l.sdp[:1]; l.sdp = l.sdp[1:] },
	} {
		l := base
		change(&l)
		if bytes.Equal(l.canonical("room", a, b), want) {
			t.Errorf("%s is not signed", name)
		}
	}
	for name, other := range map[string][]byte{
		"room": base.canonical("moor", a, b), "sender": base.canonical("room", b, b), "receiver": base.canonical("room", a, a),
	} {
		if bytes.Equal(other, want) {
			t.Errorf("the %s is not signed", name)
		}
	}
}

func testID(n byte) peer.ID { return peer.KeyFromSeed([peer.SeedSize]byte{n}).ID() }

func TestReadSDP(t *testing.T) {
	sum, ufrag, err := readSDP(goodSDP)
	if err != nil || ufrag != "abcd" {
		t.Fatalf("%q, %v", ufrag, err)
	}
	for i, b := range sum {
		if int(b) != i {
			t.Fatalf("fingerprint %x", sum)
		}
	}
	printLine := goodSDP[strings.Index(goodSDP, "a=fingerprint"):strings.Index(goodSDP, "a=group")]
	replace := func(old, new string) string {
		if !strings.Contains(goodSDP, old) {
			t.Fatalf("%q is not in the description", old)
		}
		return strings.Replace(goodSDP, old, new, 1)
	}
	for name, bad := range map[string]string{
		"empty":             "",
		"no fingerprint":    replace(printLine, ""),
		"two fingerprints":  goodSDP + printLine,
		"one hides":         goodSDP + strings.Replace(printLine, "a=f", "A=F", 1),
		"one in a line":     replace("s=-\r\n", "s=-\r"+printLine),
		"sha-1":             replace("sha-256", "sha-1"),
		"short":             replace(":1F\r", "\r"),
		"no hex":            replace(":1F\r", ":1G\r"),
		"no colon":          replace(":1F\r", "-1F\r"),
		"no ufrag":          replace("a=ice-ufrag:abcd\r\n", ""),
		"empty ufrag":       replace("a=ice-ufrag:abcd\r\n", "a=ice-ufrag:\r\n"),
		"two ufrags":        goodSDP + "a=ice-ufrag:abcd\r\n",
		"no pwd":            replace("a=ice-pwd:0123456789012345678901\r\n", ""),
		"two sections":      goodSDP + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
		"media":             replace("m=application", "m=audio"),
		"a zero in a line":  replace("s=-", "s=\x00"),
		"a very long ufrag": replace("abcd", strings.Repeat("a", maxUfrag+1)),
	} {
		if _, _, err := readSDP(bad); !errors.Is(err, errSDP) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSDP(f *testing.F) {
	f.Add(goodSDP)
	f.Add(strings.ReplaceAll(goodSDP, "\r\n", "\n"))
	f.Fuzz(func(t *testing.T, sdp string) {
		sum, ufrag, err := readSDP(sdp)
		if err == nil && (ufrag == "" || sum == [32]byte{} && !strings.Contains(sdp, "00:00") || strings.Count(sdp, "a=fingerprint:") > 1) {
			t.Fatalf("accepted %q", sdp)
		}
	})
}

func TestKeptForgetsWhatArrived(t *testing.T) {
	var k kept
	for i := range 10 {
		k.add(make([]byte, i))
	}
	for _, step := range []struct {
		below uint64
		good  bool
		bytes int
	}{{0, true, 45}, {4, true, 39}, {3, false, 39}, {11, false, 39}, {10, true, 0}, {10, true, 0}} {
		if good := k.trim(step.below); good != step.good || k.bytes != step.bytes {
			t.Errorf("trim(%d) is %v with %d bytes left; want %v, %d", step.below, good, k.bytes, step.good, step.bytes)
		}
	}
	if k.add([]byte{1}); k.base != 10 || len(k.list) != 1 {
		t.Errorf("%+v", k)
	}
}

func TestBudgetRefills(t *testing.T) {
	var b budget
	took := 0
	for b.take(time.Second) {
		took++
	}
	if took != budgetMost {
		t.Errorf("%d at once, want %d", took, budgetMost)
	}
	if b.take(time.Second+budgetEvery/2) || !b.take(time.Second+budgetEvery+1) || b.take(time.Second+budgetEvery+1) {
		t.Error("it does not refill by one each half second")
	}
	took = 0
	for b.take(time.Hour) {
		took++
	}
	if took != budgetMost {
		t.Errorf("%d after a long time, want %d", took, budgetMost)
	}
}

func FuzzPing(f *testing.F) {
	f.Add([]byte("\x02abcdefgh"))
	f.Add([]byte("\x03"))
	f.Add(appendPong(nil, 7, pongTail{1, 2, 3, 4}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if token, ok := readPing(b); ok && (len(b) != pingLen || !bytes.Equal(binary.LittleEndian.AppendUint64([]byte{pingFrame}, token), b)) {
			t.Fatalf("%q", b)
		}
		if token, tail, ok := readPong(b); ok && !bytes.Equal(appendPong(nil, token, tail), b) {
			t.Fatalf("%q", b)
		}
	})
}

func TestEventsAreBounded(t *testing.T) {
	var q events
	for range 3 * maxForged {
		q.put(&ForgedError{From: testID(1), Field: "nonce"})
	}
	for range maxEvents {
		q.put(Linked{Peer: testID(2)})
	}
	list := q.take()
	if _, ok := list[0].(Missed); !ok || len(list) != maxEvents+1 {
		t.Fatalf("%d events, the first is %v", len(list), list[0])
	}
	for _, e := range list[1:] {
		if _, ok := e.(Linked); !ok {
			t.Fatalf("forgeries pushed news out: %v", e)
		}
	}
	if len(q.take()) != 0 || q.forged != 0 {
		t.Error("taken twice")
	}
}
