//go:build !js

package mesh

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/tuned"
)

// platform is what all connections of a mesh share.
type platform struct {
	// knocked takes what strangers send us, see door.
	knocked func(from netip.AddrPort, b []byte)

	// plain is for tests: descriptions as a browser writes them, without what our
	// own sockets tell each other.
	plain bool

	net  transport.Net // all sockets come from it; nil until init is the system's
	set  *socket.Set
	api  *webrtc.API
	cert webrtc.Certificate
	// outside is how the sockets look from there.
	outside *mapping
	// turns is who uses up ports of the NAT before us.
	turns   *predict.Turns
	port    openPort
	stopped time.Time
}

// NewOn is [New] on another network than the system's: all sockets of the mesh
// come from n, which stays the caller's. It is how a mesh gets into a
// laboratory; n must not be nil. A page has no such function.
func NewOn(n transport.Net, s Signaler, cfg Config) *Mesh { return start(platform{net: n}, s, cfg) }

func (p *platform) init(m *Mesh) error {
	cfg := m.cfg
	if p.net == nil {
		n, err := stdnet.NewNet()
		if err != nil {
			return fmt.Errorf("mesh: this machine's network: %w", err)
		}
		p.net = n
	}
	p.outside = &mapping{now: cfg.clock, tell: func() { m.notes.put(note{kind: mappedNote}) }}
	var err error
	p.set, err = socket.Open(socket.Config{Net: p.net, Loopback: cfg.Loopback, Now: cfg.clock, Tap: p.outside.receive, Knock: p.knocked})
	if err != nil {
		return fmt.Errorf("mesh: %w", err)
	}
	p.outside.set = p.set
	p.turns = predict.NewTurns(router{m}, binary.LittleEndian.Uint64(m.self[:]))
	var s webrtc.SettingEngine
	s.SetNet(p.net)
	tuned.Settings(&s)
	// All connections share our sockets, by a mux of our own: pion's tells peers
	// apart by their address only, so two connections between the same two sockets
	// mix (W18).
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.DisableActiveTCP(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // no multicast on the player's network (W20); a page's .local names are not needed, it calls us
	s.SetICEUDPMux(p.set)
	s.SetICEBindingRequestHandler(p.choose)
	p.api = tuned.API(s)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("mesh: no key for the connections: %w", err)
	}
	cert, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return fmt.Errorf("mesh: no certificate for the connections: %w", err)
	}
	p.cert = *cert
	return nil
}

// stop begins what close ends: a router may be slow, so it is told first.
func (p *platform) stop() {
	p.port.stop()
	p.stopped = time.Now()
}

func (p *platform) close() {
	p.waitForRouter()
	_ = p.set.Close()
}

func (p *platform) waitForRouter() { p.port.wait(routerWithin - time.Since(p.stopped)) }

// choose is asked, on a goroutine of pion, for each request of a peer, and says
// whether the pair it came by is to be used from now on: the first one that is
// heard is. Regular nomination would take one and a half round trips more, and
// where a peer's signed request came from, an answer can go. Only pairs by a TURN
// server are left to pion, which puts them off (relayWait).
func (p *platform) choose(m *stun.Message, local, remote ice.Candidate, _ *ice.CandidatePair) bool {
	if local.Type() == ice.CandidateTypeRelay || remote.Type() == ice.CandidateTypeRelay {
		return false
	}
	name, err := m.Get(stun.AttrUsername)
	if err != nil {
		return false
	}
	ours, _, _ := bytes.Cut(name, []byte{':'})
	f := p.set.Find(string(ours))
	if f == nil {
		return false
	}
	a, err := netip.ParseAddr(remote.Address())
	return err == nil && f.Choose(netip.AddrPortFrom(a, uint16(remote.Port())))
}

// maxServers is how many STUN and TURN servers are asked.
const maxServers = 4

// turnServers keeps the URLs of TURN servers, the only ones that pion asks
// itself: relayed packets go by sockets of its own.
func turnServers(urls []string) (servers []webrtc.ICEServer) {
	for _, u := range urls {
		s, err := nat.ParseICE(u)
		if err != nil || s.Scheme != nat.TURN || len(servers) == maxServers {
			continue
		}
		host := net.JoinHostPort(s.Host, strconv.Itoa(int(s.Port)))
		servers = append(servers, webrtc.ICEServer{
			URLs: []string{"turn:" + host + "?transport=udp"}, Username: s.User, Credential: s.Password,
		})
	}
	return servers
}

// dial makes a connection that does nothing yet.
func (p *platform) dial(w *way, urls []string) (conn, error) {
	config := webrtc.Configuration{ICEServers: turnServers(urls), Certificates: []webrtc.Certificate{p.cert}}
	pc, err := p.api.NewPeerConnection(config)
	if err != nil && len(config.ICEServers) > 0 {
		w.m.cfg.Log.Error("mesh: going without TURN servers", "err", err)
		config.ICEServers = nil
		pc, err = p.api.NewPeerConnection(config)
	}
	if err != nil {
		return nil, err
	}
	c := &pionConn{way: w, pc: pc}
	c.anew()
	c.watch()
	return c, nil
}
