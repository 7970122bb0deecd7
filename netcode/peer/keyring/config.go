package keyring

import (
	"errors"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// DefaultName is the name that the empty [Config.Name] stands for.
const DefaultName = "default"

// MaxName is the largest length of [Config.Name] in bytes.
const MaxName = 32

// ErrName is returned by [Config.Validate] and [Open] for a [Config.Name] that
// is too long or has other characters than a-z, 0-9, - and _.
var ErrName = errors.New("keyring: a name has 1 to 32 characters of a-z, 0-9, - and _")

// Config says which key [Open] takes. The zero Config is the player's stored
// key under the default name.
type Config struct {
	// Key is used as it is if it is not the zero Key; nothing is stored, locked
	// or read then.
	Key peer.Key
	// Dir is the folder of the key, made if it is missing; "" is tutti in
	// os.UserConfigDir. In a browser it is the first part of the entry's name;
	// "" is tutti.
	Dir string
	// Name tells several players on one machine apart: up to [MaxName]
	// characters of a-z, 0-9, - and _; "" is [DefaultName].
	Name string
	// Ephemeral asks for a fresh key that is not stored: for bots, and for
	// players who want to be nobody.
	Ephemeral bool
}

// Validate reports what is wrong with c: [ErrName], or nil. It touches no disk.
func (c Config) Validate() error {
	if len(c.Name) > MaxName {
		return ErrName
	}
	for _, r := range []byte(c.Name) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return ErrName
		}
	}
	return nil
}

func (c Config) name() string {
	if c.Name == "" {
		return DefaultName
	}
	return c.Name
}
