//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows || js)

package keyring

import (
	"errors"
	"os"
)

func tryLock(*os.File) error { return errors.ErrUnsupported }
