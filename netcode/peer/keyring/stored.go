//go:build !js

package keyring

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// openStored takes the lock and then the key under it, or makes one. A
// [*DamagedError] is for the caller of Open, any other error for Ring.Why.
func openStored(cfg Config) (peer.Key, func() error, error) {
	dir := cfg.Dir
	if dir == "" {
		home, err := os.UserConfigDir()
		if err != nil {
			return peer.Key{}, nil, fmt.Errorf("keyring: no folder for the key: %w", err)
		}
		dir = filepath.Join(home, "tutti")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return peer.Key{}, nil, fmt.Errorf("keyring: no folder for the key: %w", err)
	}
	base := filepath.Join(dir, "player-"+cfg.name())
	lock, err := lockFile(base + ".lock")
	if err != nil {
		return peer.Key{}, nil, err
	}
	key, err := readOrCreate(base + ".key")
	if err != nil {
		return peer.Key{}, nil, errors.Join(err, lock.Close())
	}
	return key, lock.Close, nil
}

// lockFile locks the file at path for this process until the file is closed,
// [ErrHeld] if somebody else did. It waits for nobody.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keyring: opening the lock: %w", err)
	}
	if err := tryLock(f); err != nil {
		_ = f.Close()
		if !errors.Is(err, ErrHeld) {
			err = fmt.Errorf("keyring: locking %s: %w", path, err)
		}
		return nil, err
	}
	return f, nil
}

// readOrCreate is called under the lock.
func readOrCreate(path string) (peer.Key, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(path)
	case err != nil:
		return peer.Key{}, fmt.Errorf("keyring: looking for the key: %w", err)
	case !info.Mode().IsRegular():
		// Reading a pipe could wait for ever.
		return peer.Key{}, &DamagedError{Path: path, Problem: "it is not a file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return peer.Key{}, fmt.Errorf("keyring: reading the key: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(formatSize)+1))
	if err != nil {
		return peer.Key{}, fmt.Errorf("keyring: reading the key: %w", err)
	}
	key, problem := parse(string(text))
	if problem != "" {
		return peer.Key{}, &DamagedError{Path: path, Problem: problem}
	}
	if info.Mode().Perm()&0o077 != 0 {
		// A copy from a backup may be open to all; if this fails, the key works
		// all the same.
		_ = f.Chmod(0o600)
	}
	return key, nil
}

// create stores a fresh key so that path has either all of it or is not there.
func create(path string) (peer.Key, error) {
	key, err := newKey()
	if err != nil {
		return peer.Key{}, err
	}
	// The lock is ours, so a temporary file is what a killed process left.
	temp := path + ".tmp"
	_ = os.Remove(temp)
	if err = writeSynced(temp, format(key)); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		_ = os.Remove(temp)
		return peer.Key{}, fmt.Errorf("keyring: storing the key: %w", err)
	}
	return key, nil
}

// writeSynced writes text to a new file and waits until it is on disk, so that
// the rename never gets ahead of it.
func writeSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
