package keyring

import (
	"encoding/hex"
	"strings"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// A stored key is three lines of text: what it is, the secret and the public ID
// that belongs to it, by which a damaged secret is noticed.
const (
	formatHead = "tutti key 1: keep this file secret, whoever has it is you\n"
	formatSeed = "secret "
	formatID   = "id "
	formatSize = len(formatHead) + len(formatSeed) + 2*peer.SeedSize + 1 + len(formatID) + 52 + 1
)

// DamagedError is returned by [Open] when there is a stored key that cannot be
// read as one. The key is left as it is.
type DamagedError struct {
	// Path is where the key is: a file, or the entry of localStorage.
	Path string
	// Problem says what is wrong with it.
	Problem string
}

// Error names the file, the problem and what to do.
func (e *DamagedError) Error() string {
	return "keyring: the key in " + e.Path + " is damaged: " + e.Problem +
		"; put a good copy in its place, or delete it to start as a new player"
}

func format(key peer.Key) string {
	seed := key.Seed()
	return formatHead + formatSeed + hex.EncodeToString(seed[:]) + "\n" + formatID + key.ID().String() + "\n"
}

// parse reads what format wrote, and nothing else. problem is "" if it can.
// It never quotes the text, which may hold most of a secret.
func parse(text string) (key peer.Key, problem string) {
	rest, ok := strings.CutPrefix(text, formatHead)
	switch {
	case text == "":
		return peer.Key{}, "it is empty"
	case !ok && strings.HasPrefix(formatHead, text), ok && len(text) < formatSize:
		return peer.Key{}, "it is cut short"
	case !ok:
		return peer.Key{}, "it does not begin like a key of this version"
	case len(text) > formatSize:
		return peer.Key{}, "something follows the key"
	}
	secret, id, ok := strings.Cut(rest, "\n")
	secret, okSecret := strings.CutPrefix(secret, formatSeed)
	id, okID := strings.CutPrefix(id, formatID)
	seed, err := hex.DecodeString(secret)
	if !ok || !okSecret || !okID || err != nil || len(seed) != peer.SeedSize {
		return peer.Key{}, "its lines are not those of a key"
	}
	key = peer.KeyFromSeed([peer.SeedSize]byte(seed))
	if id != key.ID().String()+"\n" || secret != strings.ToLower(secret) {
		return peer.Key{}, "secret and ID do not belong together"
	}
	return key, ""
}
