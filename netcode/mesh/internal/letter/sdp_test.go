package letter

import (
	"errors"
	"strings"
	"testing"
)

func TestReadSDP(t *testing.T) {
	sum, ufrag, err := ReadSDP(goodSDP)
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
		if _, _, err := ReadSDP(bad); !errors.Is(err, ErrSDP) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSDP(f *testing.F) {
	f.Add(goodSDP)
	f.Add(strings.ReplaceAll(goodSDP, "\r\n", "\n"))
	f.Fuzz(func(t *testing.T, sdp string) {
		sum, ufrag, err := ReadSDP(sdp)
		if err == nil && (ufrag == "" || sum == [32]byte{} && !strings.Contains(sdp, "00:00") || strings.Count(sdp, "a=fingerprint:") > 1) {
			t.Fatalf("accepted %q", sdp)
		}
	})
}
