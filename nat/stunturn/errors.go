//go:build !js

package stunturn

import (
	"errors"
	"fmt"
)

// ErrPortInUse matches the [*ListenError] of an address that another program,
// or another server of this one, already listens on.
var ErrPortInUse = errors.New("stunturn: the port is in use")

// ListenError is returned by [Listen] when the address cannot be listened on.
type ListenError struct {
	// Addr is the address as it was given.
	Addr string
	// Err is what the system said.
	Err error
}

// Error names the address, the reason, and for a port in use what to do.
func (e *ListenError) Error() string {
	if portInUse(e.Err) {
		return fmt.Sprintf("stunturn: UDP port of %q is in use by another program; end it or choose another port", e.Addr)
	}
	return fmt.Sprintf("stunturn: cannot listen on %q: %v", e.Addr, e.Err)
}

// Is makes errors.Is(err, [ErrPortInUse]) true for a port in use.
func (e *ListenError) Is(target error) bool { return target == ErrPortInUse && portInUse(e.Err) }

// Unwrap returns Err.
func (e *ListenError) Unwrap() error { return e.Err }
