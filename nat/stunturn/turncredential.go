//go:build !js

package stunturn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// MinSecret is the smallest length in bytes of a [TurnConfig.Secret].
const MinSecret = 16

// maxUser bounds the name in a credential in bytes; a peer's ID has 52.
const maxUser = 128

// Credential opens a TURN server until it expires. Nobody keeps a list of them:
// whoever has the secret makes them, and the server checks them with it.
type Credential struct {
	// User is "expiry:name", the expiry in seconds since 1970.
	User string
	// Password is the HMAC-SHA256 of User with the secret, in unpadded base64
	// of the URL alphabet.
	Password string
}

// Mint makes a credential for the player with that name, 1 to 128 bytes without
// a colon, which a server with the same secret takes until then. Quotas belong
// to the name. It is the usual scheme of the "TURN REST API", but with SHA-256:
// the client never computes this HMAC, so nothing keeps us at SHA-1. (What
// protects single messages is HMAC-SHA1 with a key that both sides derive,
// because browsers speak no other.)
func Mint(secret []byte, name string, until time.Time) Credential {
	user := strconv.FormatInt(until.Unix(), 10) + ":" + name
	return Credential{User: user, Password: password(secret, user)}
}

func password(secret []byte, user string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(user))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// splitUser reads what Mint wrote. It says nothing about who wrote it.
func splitUser(user string) (name string, until time.Time, ok bool) {
	digits, name, ok := strings.Cut(user, ":")
	if !ok || name == "" || len(name) > maxUser || strings.Contains(name, ":") || len(digits) > 12 {
		return "", time.Time{}, false
	}
	seconds, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return "", time.Time{}, false
	}
	return name, time.Unix(int64(seconds), 0), true
}
