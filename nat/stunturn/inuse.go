//go:build !js && !windows

package stunturn

import (
	"errors"
	"syscall"
)

func portInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
