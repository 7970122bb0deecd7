package mesh

import "net/netip"

const knockByte = 0x54

// listen does nothing: a page has no socket.
func (p *platform) listen(*Mesh) {}

// knock does nothing.
func (p *platform) knock([]byte, netip.AddrPort) {}
