//go:build !js

package mesh

import (
	"net/netip"
	"slices"

	"github.com/pion/transport/v4/stdnet"

	"github.com/tuttiplay/tutti/nat"
)

// openPort is the router's port that leads to our IPv4 socket, if the router
// opens ports. It belongs to the mesh's goroutine.
type openPort struct {
	port     *nat.Port
	public   netip.Addr // of ours as servers see it, when the port was asked for
	external netip.AddrPort
}

// watch has the router open a port once a server says that we are behind one,
// and again when we are behind another. It reports whether the port's address
// is news. Only in the machine's own network: a laboratory has no such routers.
func (o *openPort) watch(m *Mesh) (news bool) {
	p := &m.platform
	if _, real := p.net.(*stdnet.Net); !real || m.cfg.Loopback || m.cfg.NoPort {
		return false
	}
	if public, behind := p.behind(); behind && public != o.public {
		o.close(m)
		o.public = public
		o.port = nat.OpenPort(nat.PortConfig{InternalPort: p.set.Port(public), Log: m.cfg.Log})
	}
	if o.port == nil {
		return false
	}
	external, _ := o.port.External()
	news = external != o.external && external.IsValid()
	o.external = external
	return news
}

// behind returns our IPv4 address as servers see it, and whether a NAT stands
// before us.
func (p *platform) behind() (netip.Addr, bool) {
	hosts := p.set.Addresses()
	for _, a := range p.outside.outside() {
		if a.Addr().Is4() {
			return a.Addr(), !slices.Contains(hosts, a.Addr())
		}
	}
	return netip.Addr{}, false
}

// close has the router close the port, in the background: Close of a mesh does
// not wait for a router.
func (o *openPort) close(m *Mesh) {
	if port := o.port; port != nil {
		m.closers.Go(func() { _ = port.Close() })
	}
	*o = openPort{}
}
