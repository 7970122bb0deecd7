package keyring

import (
	"crypto/rand"
	"errors"
	"sync"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// ErrHeld is what [Ring.Why] returns when another running instance holds the
// stored key.
var ErrHeld = errors.New("keyring: another instance holds the key")

// Ring holds one key. Its methods may be called from many goroutines; only
// Close touches the disk, and none blocks.
type Ring struct {
	key       peer.Key
	ephemeral bool
	why       error // only if ephemeral
	release   func() error
	close     sync.Once
	closed    error // what release returned
}

// Open returns a ring with the key that cfg asks for, see [Config]. It may
// block for some milliseconds on the disk, in a browser up to 500 ms, so call
// it before the game loop.
//
// Errors: [ErrName]; a [*DamagedError] if there is a key but it makes no sense.
// Everything else that goes wrong is told by [Ring.Why] and costs only that the
// key is ephemeral.
func Open(cfg Config) (*Ring, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if !cfg.Key.IsZero() {
		return &Ring{key: cfg.Key}, nil
	}
	if cfg.Ephemeral {
		return ephemeral(nil)
	}
	key, release, err := openStored(cfg)
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		return nil, damaged
	case err != nil:
		return ephemeral(err)
	}
	return &Ring{key: key, release: release}, nil
}

// Key returns the ring's key; the same one also after Close, when another
// instance may have taken it.
func (r *Ring) Key() peer.Key { return r.key }

// Ephemeral reports whether the key was made for this ring alone and ends with
// it. It is false for a key that came in [Config.Key].
func (r *Ring) Ephemeral() bool { return r.ephemeral }

// Why returns the reason why the key is ephemeral although a stored one was
// asked for: [ErrHeld], or what the disk or the browser said. nil if the key is
// what the Config asked for.
func (r *Ring) Why() error { return r.why }

// Close lets another instance take the stored key. Only the first call does
// anything; all return its error, which says that the lock may stay until the
// process ends.
func (r *Ring) Close() error {
	r.close.Do(func() {
		if r.release != nil {
			r.closed = r.release()
		}
	})
	return r.closed
}

func ephemeral(why error) (*Ring, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	return &Ring{key: key, ephemeral: true, why: why}, nil
}

func newKey() (peer.Key, error) { return peer.NewKey(rand.Reader) }
