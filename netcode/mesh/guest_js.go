package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// door is nobody's: a page has no socket to knock at.
type door struct{}

func (door) open(_ *Mesh, s Signaler) Signaler                    { return s }
func (door) enter(string)                                         {}
func (door) knows(peer.ID) bool                                   { return false }
func (door) callers(_ time.Duration, members []peer.ID) []peer.ID { return members }
func (door) answer(*Mesh, peer.ID, []byte) bool                   { return false }

// listen does nothing.
func (p *platform) listen(*Mesh) {}

// hearRoster drops what only a newcomer without a server is told.
func (m *Mesh) hearRoster(*link, []byte) { m.counts.junk.Add(1) }
