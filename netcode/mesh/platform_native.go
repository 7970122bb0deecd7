//go:build !js

package mesh

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"
)

// platform is what all connections of a mesh share.
type platform struct {
	net  transport.Net // all sockets come from it; nil until init is the system's
	api  *webrtc.API
	cert webrtc.Certificate
}

// NewOn is [New] on another network than the system's: all sockets of the mesh
// come from n, which stays the caller's. It is how a mesh gets into a
// laboratory; n must not be nil. A page has no such function.
func NewOn(n transport.Net, s Signaler, cfg Config) *Mesh { return start(platform{net: n}, s, cfg) }

func (p *platform) init(cfg Config) error {
	if p.net == nil {
		n, err := stdnet.NewNet()
		if err != nil {
			return fmt.Errorf("mesh: this machine's network: %w", err)
		}
		p.net = n
	}
	var s webrtc.SettingEngine
	s.SetNet(p.net)
	tune(&s)
	// Every connection takes sockets of its own: pion's mux tells peers apart by
	// their address only, so two connections between the same two sockets mix (W18).
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.DisableActiveTCP(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // no multicast on the player's network (W20); a page's .local names are not needed, it calls us
	if cfg.Loopback || onlyLoopback() {
		s.SetIncludeLoopbackCandidate(true)
		s.SetIPFilter(net.IP.IsLoopback)
	}
	// No media: 4 goroutines and 46 KiB less per connection, and no leak of
	// retransmitters (W11, W15).
	p.api = webrtc.NewAPI(
		webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(&webrtc.MediaEngine{}), webrtc.WithInterceptorRegistry(&interceptor.Registry{}),
	)
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

func (p *platform) close() {}

// onlyLoopback says whether this machine has no other address to gather.
func onlyLoopback() bool {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			return false
		}
	}
	return true
}

// maxServers is how many STUN servers are asked.
const maxServers = 4

// iceServers keeps the URLs that need no account.
func iceServers(urls []string) []webrtc.ICEServer {
	var servers []webrtc.ICEServer
	for _, u := range urls {
		if strings.HasPrefix(u, "stun:") && len(servers) < maxServers {
			servers = append(servers, webrtc.ICEServer{URLs: []string{u}})
		}
	}
	return servers
}

// dial makes a connection that does nothing yet.
func (p *platform) dial(w *way, urls []string) (conn, error) {
	config := webrtc.Configuration{ICEServers: iceServers(urls), Certificates: []webrtc.Certificate{p.cert}}
	pc, err := p.api.NewPeerConnection(config)
	if err != nil && len(config.ICEServers) > 0 {
		w.m.cfg.Log.Error("mesh: going without STUN servers", "urls", urls, "err", err)
		config.ICEServers = nil
		pc, err = p.api.NewPeerConnection(config)
	}
	if err != nil {
		return nil, err
	}
	c := &pionConn{way: w, pc: pc}
	c.watch()
	return c, nil
}
