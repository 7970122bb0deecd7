//go:build !js

package mesh

import (
	"slices"
	"time"
)

// uneasy is the silence of a peer after which we look whether it is our own
// address that changed, and let the peer know where we are. Longer than the
// pause between two checks of ICE and a round trip.
const uneasy = 600 * time.Millisecond

// tick does what waits for time to pass: it asks the servers of the room, and
// moves on the connections in the making. It runs on the mesh's goroutine.
func (p *platform) tick(m *Mesh) {
	if m.room == "" {
		return
	}
	if urls := m.sig.ICEServers(); !slices.Equal(urls, p.outside.urls) {
		p.outside.urls = slices.Clone(urls)
		p.servers(m, urls, p.outside.ask)
	}
	if p.port.watch(m) {
		p.announce(m)
	}
	m.door.reach(p.port.external)
	now := m.now()
	making, silent := false, false
	for _, partner := range m.order {
		for _, w := range []*way{partner.attempt, partner.old} {
			if w == nil {
				continue
			}
			if c, ok := w.conn.(*pionConn); ok {
				c.tick(now)
				silent = c.uneasy() || silent
			}
		}
		making = making || partner.attempt != nil
	}
	switch {
	case silent:
		p.outside.renew(surveyAgain)
	case making:
		p.outside.renew(surveyEvery)
	default:
		p.outside.poll()
	}
}

// announce tells all peers that we are on the way to what is new of our
// addresses.
func (p *platform) announce(m *Mesh) {
	for _, partner := range m.order {
		for _, w := range []*way{partner.attempt, partner.old} {
			if w == nil {
				continue
			}
			if c, ok := w.conn.(*pionConn); ok {
				c.announce()
			}
		}
	}
}
