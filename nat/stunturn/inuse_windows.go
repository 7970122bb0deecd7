package stunturn

import (
	"errors"

	"golang.org/x/sys/windows"
)

// WSAEACCES is what a port says that somebody holds exclusively.
func portInUse(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}
