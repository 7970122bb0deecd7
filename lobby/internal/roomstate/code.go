package roomstate

import (
	"fmt"
	"io"
	"strings"
)

// CodeSize is the number of characters of a room's code.
const CodeSize = 6

// CodeAlphabet is what codes are made of: no character looks or sounds like
// another (0 O, 1 I L, U V), so 729 million codes can be read out over a phone.
const CodeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode draws a code from rand, which must be a cryptographic source. The
// only error is rand's.
func NewCode(rand io.Reader) (string, error) {
	const fair = 256 - 256%len(CodeAlphabet) // bytes from here on would favour some
	var code [CodeSize]byte
	var one [1]byte
	for i := 0; i < CodeSize; {
		if _, err := io.ReadFull(rand, one[:]); err != nil {
			return "", fmt.Errorf("lobby: drawing a code: %w", err)
		}
		if int(one[0]) < fair {
			code[i] = CodeAlphabet[int(one[0])%len(CodeAlphabet)]
			i++
		}
	}
	return string(code[:]), nil
}

// ParseCode reads a code as people type it: in any case, with spaces and
// dashes. false if it cannot be one.
func ParseCode(s string) (string, bool) {
	var code [CodeSize]byte
	n := 0
	for _, c := range []byte(s) {
		switch {
		case c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n':
			continue
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		if n == CodeSize || strings.IndexByte(CodeAlphabet, c) < 0 {
			return "", false
		}
		code[n] = c
		n++
	}
	return string(code[:]), n == CodeSize
}
