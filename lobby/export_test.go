//go:build !js

package lobby

import (
	"context"

	"github.com/tuttiplay/tutti/lobby/internal/socket"
)

// On makes cfg's room connect to the server by n.
func (c *Config) On(n socket.Network) { c.ctx = socket.On(context.Background(), n) }
