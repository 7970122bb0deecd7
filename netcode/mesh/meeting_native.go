//go:build !js

package mesh

import (
	"net/netip"
	"strings"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
)

// router is the NAT before us, to those who guess its ports.
type router struct{ m *Mesh }

func (r router) Next(round int, to netip.AddrPort) (predict.Told, bool) {
	return r.m.platform.outside.next(round, to)
}
func (r router) Burnt() uint64    { return r.m.platform.set.Burnt() }
func (r router) Site() netip.Addr { return r.m.platform.outside.site() }
func (r router) Look() bool       { return r.m.probe() }

// met is the other end of a connection, to those who guess where it is.
type met struct{ c *pionConn }

func (p met) Check(to netip.AddrPort) { p.c.addresses.flow.Check(to) }
func (p met) Tell(t predict.Told)     { p.c.tell(t.String()) }
func (p met) Open() bool              { return p.c.complete() }
func (p met) Dead() bool              { return p.c.way.dead.Load() }

// Reached says whether the peer is heard.
func (p met) Reached() bool {
	f := p.c.addresses.flow
	if f == nil {
		return false
	}
	at, _ := f.Remote()
	return at.IsValid() && f.Silent() < uneasy
}

// anew forgets all that was told and heard of addresses.
func (c *pionConn) anew() {
	was := c.addresses.was
	if f := c.addresses.flow; f != nil {
		if at, _ := f.Remote(); at.IsValid() {
			was = at
		}
	}
	if old := c.addresses.meeting; old != nil {
		old.End()
	}
	c.addresses = addresses{was: was, meeting: c.way.m.platform.turns.Enter(met{c}, c.way.offers)}
}

// locate notes where a candidate says that the peer is.
func (c *pionConn) locate(text string) {
	if !strings.Contains(text, " typ srflx") {
		return
	}
	if at, ok := addressOf(letter.Candidate{Text: text}); ok && at.Addr().Is4() {
		c.addresses.meeting.At(at.Addr())
	}
}

// site returns our public IPv4 address; not valid while it is not known.
func (m *mapping) site() netip.Addr {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.views[0].public.Addr()
}

// complete says whether the connection was made: all lanes are open.
func (c *pionConn) complete() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count == int(lanes)
}
