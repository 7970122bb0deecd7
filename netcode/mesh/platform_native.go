//go:build !js

package mesh

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
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

// The settings of the WebRTC stack; PITFALLS.md has the measurements.
const (
	// rtoMax bounds how long SCTP waits before it sends again. By default one
	// second and more, and after an outage of 8 s reliable messages come 7.9 s
	// late instead of 0.1 s (W6). Below the round trip plus 220 ms it would send
	// sparse messages twice, and it is no use without minCwnd.
	rtoMax = 400 * time.Millisecond
	// minCwnd keeps the congestion window from holding back fresh moves after a
	// loss: 1.02 s late becomes 0.04 s (W5). We pace ourselves.
	minCwnd = 256 << 10
	// relayWait is how long a pair through a TURN server is put off for a better
	// one, instead of 2 s (W22).
	relayWait = 300 * time.Millisecond
	// prflxWait and srflxWait are how long addresses found behind a NAT are put
	// off, instead of 1 s and 0.5 s (W8): the first pair that works is good.
	hostWait, srflxWait, prflxWait = 0, 0, 0
	// dtlsResend is the first pause before a lost handshake packet is sent again,
	// 1 s by default: at 10 % loss connecting took 11.4 s at p95 instead of 1 s (W8).
	dtlsResend = 100 * time.Millisecond
	// The ICE agent's own view of silence. Our pings notice it first and make a
	// new connection beside the old one; "failed" would delete the addresses (W14).
	iceDisconnected, iceFailed, iceKeepAlive = 2 * time.Second, 20 * time.Second, time.Second
	// gatherWait bounds the wait for a STUN server that does not answer. Nothing
	// waits for it to pass (W14): addresses are sent as they are found.
	gatherWait = 3 * time.Second
	// receiveBuffer bounds what SCTP keeps of a peer's messages, in bytes.
	receiveBuffer = 1 << 20
)

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
	// Detached channels are read by us: into a buffer of the lane's size instead
	// of 64 KiB, without a copy per message, and each by a goroutine that ends.
	s.DetachDataChannels()
	s.SetSCTPMinCwnd(minCwnd)
	s.SetSCTPRTOMax(rtoMax)
	s.SetSCTPMaxReceiveBufferSize(receiveBuffer)
	s.EnableSctpSnap(true)                 // the SCTP handshake rides in offer and answer: 1.5 round trips less (W8)
	s.SetDTLSInsecureSkipHelloVerify(true) // one round trip less (W8); the cookie protects open servers, which we are not
	s.SetDTLSRetransmissionInterval(dtlsResend)
	s.SetHostAcceptanceMinWait(hostWait)
	s.SetSrflxAcceptanceMinWait(srflxWait)
	s.SetPrflxAcceptanceMinWait(prflxWait)
	s.SetRelayAcceptanceMinWait(relayWait)
	s.SetICETimeouts(iceDisconnected, iceFailed, iceKeepAlive)
	s.SetSTUNGatherTimeout(gatherWait)
	// Every connection takes sockets of its own: pion's mux tells peers apart by
	// their address only, so two connections between the same two sockets mix (W18).
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.DisableActiveTCP(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // no multicast on the player's network (W20); a page's .local names are not needed, it calls us
	if cfg.Loopback || onlyLoopback() {
		s.SetIncludeLoopbackCandidate(true)
		s.SetIPFilter(net.IP.IsLoopback)
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	quiet.ScopeLevels = map[string]logging.LogLevel{} // nor by the environment
	s.LoggerFactory = quiet
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
