package nat

import (
	"net/netip"
	"strconv"
	"strings"
)

// MaxICE is the largest length in bytes of what [ParseICE] reads.
const MaxICE = 512

// The values of [ICEServer.Scheme].
const (
	// STUN is a server that tells a player his public address.
	STUN = "stun"
	// TURN is a server that relays, for those who have an account.
	TURN = "turn"
)

// ICEServer is one server that helps players to link, as the lobby's welcome
// lists it; see [ParseICE].
type ICEServer struct {
	// Scheme is [STUN] or [TURN].
	Scheme string
	// Host is a name or an address, IPv6 without brackets.
	Host string
	// Port is the server's UDP port, never 0 after ParseICE.
	Port uint16
	// User and Password open a TURN server; both are empty for STUN, and
	// neither is after ParseICE for TURN. They are secrets: keep them out of
	// logs.
	User, Password string
}

// ParseICE reads
//
//	stun:host:port
//	turn:user:password@host:port?transport=udp
//
// where ":port" may be left out and is 3478 then, "?transport=udp" may be left
// out, and user and password are percent-encoded. It knows no other scheme and
// no other transport. The error is a [*ServerError], which never quotes a
// password. It is pure and runs in a page, too.
func ParseICE(url string) (ICEServer, error) {
	scheme, rest, ok := strings.Cut(url, ":")
	turn := ok && strings.EqualFold(scheme, TURN)
	bad := func(why string) (ICEServer, error) {
		shown := url
		if turn {
			_, host, _ := strings.Cut(rest, "@")
			shown = TURN + ":...@" + host
		}
		return ICEServer{}, &ServerError{Server: shown, Why: why, Want: "stun:host:port or turn:user:password@host:port?transport=udp"}
	}
	if len(url) > MaxICE {
		return bad("is longer than " + strconv.Itoa(MaxICE) + " bytes")
	}
	if !turn {
		s, err := parseServer(url)
		if err != nil {
			return ICEServer{}, err
		}
		return ICEServer{Scheme: STUN, Host: s.host, Port: s.port}, nil
	}
	account, host, ok := strings.Cut(rest, "@")
	if !ok {
		return bad("lacks user and password")
	}
	user, password, ok := strings.Cut(account, ":")
	if !ok {
		return bad("lacks a password")
	}
	out := ICEServer{Scheme: TURN}
	if out.User, ok = unescape(user); !ok || out.User == "" {
		return bad("has no proper user")
	}
	if out.Password, ok = unescape(password); !ok || out.Password == "" {
		return bad("has no proper password")
	}
	host, query, asks := strings.Cut(host, "?")
	if asks && query != "transport=udp" {
		return bad("asks for something else than transport=udp")
	}
	s, err := parseServer(STUN + ":" + host)
	if err != nil {
		return bad(err.(*ServerError).Why)
	}
	out.Host, out.Port = s.host, s.port
	return out, nil
}

// String writes s as [ParseICE] reads it, the password included.
func (s ICEServer) String() string {
	host := s.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	host += ":" + strconv.Itoa(int(s.Port))
	if s.Scheme != TURN {
		return s.Scheme + ":" + host
	}
	return TURN + ":" + escape(s.User) + ":" + escape(s.Password) + "@" + host + "?transport=udp"
}

// URL is what a WebRTC library wants to hear, without the account:
// "turn:host:port?transport=udp" or "stun:host:port".
func (s ICEServer) URL() string {
	url := ICEServer{Scheme: STUN, Host: s.Host, Port: s.Port}.String()
	if s.Scheme != TURN {
		return url
	}
	return TURN + strings.TrimPrefix(url, STUN) + "?transport=udp"
}

// Addr is the server's address if Host is one and no name.
func (s ICEServer) Addr() (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(s.Host)
	return netip.AddrPortFrom(a.Unmap(), s.Port), err == nil
}

const hexDigits = "0123456789ABCDEF"

// escape percent-encodes all but letters, digits and "-._~" (RFC 3986). It is
// net/url's PathEscape for the page, which carries no package net/url.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if unreserved(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// unescape undoes escape; false for a broken escape, or a character that has to
// be escaped.
func unescape(s string) (string, bool) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case unreserved(c):
			b = append(b, c)
		case c != '%' || i+2 >= len(s):
			return "", false
		default:
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", false
			}
			b = append(b, byte(n))
			i += 2
		}
	}
	return string(b), true
}
