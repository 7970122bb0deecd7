//go:build !js

package tuned

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// The settings of the WebRTC stack. W with a number names a pitfall, and the test
// that shows it.
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
	// Checks are a twentieth of the CPU of a link at 600 ms; a peer whose address
	// changed is asked for as soon as its moves stop, so it needs no more of them.
	iceDisconnected, iceFailed, iceKeepAlive = 2 * time.Second, 20 * time.Second, 2 * time.Second
	// gatherWait bounds the wait for a STUN server that does not answer. Nothing
	// waits for it to pass (W14): addresses are sent as they are found.
	gatherWait = 3 * time.Second
	// receiveBuffer bounds what SCTP keeps of a peer's messages, in bytes.
	receiveBuffer = 1 << 20
)

// Settings makes the settings that hold for every connection on every network. Each
// has a test in settings_test.go that fails with pion's default. The channels have
// to be detached.
func Settings(s *webrtc.SettingEngine) {
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
	// A connection that the other end closed is closed by us, when its lanes end:
	// pion's own way takes a lock for 200 ms that its acceptor wants meanwhile,
	// and in virtual time both wait for ever.
	s.DisableCloseByDTLS(true)
	s.LoggerFactory = mute{}
}

// API is the stack with these settings and whatever a caller adds to them. It has
// no media: 4 goroutines and 46 KiB less per connection, and no leak of
// retransmitters (W11, W15).
func API(s webrtc.SettingEngine) *webrtc.API {
	return webrtc.NewAPI(
		webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(&webrtc.MediaEngine{}), webrtc.WithInterceptorRegistry(&interceptor.Registry{}),
	)
}
