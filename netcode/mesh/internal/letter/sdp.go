package letter

import (
	"encoding/hex"
	"errors"
	"strings"
)

// ErrSDP is what [ReadSDP] refuses.
var ErrSDP = errors.New("mesh: not the description of one data connection")

// ReadSDP finds the fingerprint and the ICE user fragment in a description. It
// must be of one application section with exactly one SHA-256 fingerprint, one
// user fragment and one password: a second one could be what the WebRTC stack
// picks. The error is [ErrSDP].
func ReadSDP(sdp string) (fingerprint [32]byte, ufrag string, err error) {
	var prints, ufrags, pwds, sections int
	for line := range strings.Lines(sdp) {
		line = strings.TrimRight(line, "\r\n")
		if strings.ContainsAny(line, "\r\x00") {
			return fingerprint, "", ErrSDP // a second line for some parsers
		}
		key, value, _ := strings.Cut(line, ":")
		switch key = strings.ToLower(key); {
		case strings.HasPrefix(key, "m="):
			sections++
			if !strings.HasPrefix(line, "m=application ") {
				return fingerprint, "", ErrSDP
			}
		case key == "a=fingerprint":
			prints++
			if fingerprint, err = readFingerprint(value); err != nil {
				return fingerprint, "", err
			}
		case key == "a=ice-ufrag":
			ufrags++
			ufrag = value
		case key == "a=ice-pwd":
			pwds++
		}
	}
	if sections != 1 || prints != 1 || ufrags != 1 || pwds != 1 || ufrag == "" || len(ufrag) > maxUfrag {
		return fingerprint, "", ErrSDP
	}
	return fingerprint, ufrag, nil
}

// readFingerprint reads "sha-256 AB:CD:…".
func readFingerprint(value string) (sum [32]byte, err error) {
	algorithm, digits, _ := strings.Cut(strings.TrimSpace(value), " ")
	if !strings.EqualFold(algorithm, "sha-256") || len(digits) != 3*len(sum)-1 {
		return sum, ErrSDP
	}
	for i := range sum {
		if i > 0 && digits[3*i-1] != ':' {
			return sum, ErrSDP
		}
		if _, err := hex.Decode(sum[i:i+1], []byte(digits[3*i:3*i+2])); err != nil {
			return sum, ErrSDP
		}
	}
	return sum, nil
}
