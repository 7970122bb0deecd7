//go:build !js

package lobby

import (
	"context"

	"github.com/tuttiplay/tutti/lobby/internal/socket"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Gossip hands r what a member says by the mesh.
func (r *Room) Gossip(from peer.ID, b []byte) bool { return r.gossip(from, b) }

// Still returns a room that nothing moves but [Room.Gossip], which waits for a
// member to let it in.
func Still(cfg Config) *Room {
	r := &Room{cfg: cfg.resolve(), done: make(chan struct{}), wake: make(chan struct{}, 1), asked: map[uint32]Command{}, key: cfg.Key}
	r.log, r.ctx, r.cancel = r.cfg.Log, r.cfg.ctx, func() {}
	r.target, _ = r.cfg.target()
	r.entry = entry{text: r.target.member, open: true}
	close(r.done)
	return r
}

// On makes cfg's room connect to the server by n.
func (c *Config) On(n socket.Network) { c.ctx = socket.On(context.Background(), n) }
