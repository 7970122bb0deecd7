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
	// maxRequests is how often an address is tried, five times a second; by default
	// 7 times, and what a page's connection began during an outage of 8 s had given
	// up when that ended: moves went again 5 s and more after it.
	maxRequests = 600
)

// Settings makes the settings that hold for every connection on every network. Each
// has a test that fails with pion's default, in settings_test.go or, for what takes
// a whole mesh, in that package. The channels have to be detached. pion's own view of
// silence stays as it is: our pings notice it first (W14).
func Settings(s *webrtc.SettingEngine) {
	// Detached channels are read by us: into a buffer of the lane's size instead
	// of 64 KiB, without a copy per message, and each by a goroutine that ends.
	s.DetachDataChannels()
	s.SetSCTPMinCwnd(minCwnd)
	s.SetSCTPRTOMax(rtoMax)
	s.EnableSctpSnap(true)                 // the SCTP handshake rides in offer and answer: 1.5 round trips less (W8)
	s.SetDTLSInsecureSkipHelloVerify(true) // one round trip less (W8); the cookie protects open servers, which we are not
	s.SetDTLSRetransmissionInterval(dtlsResend)
	s.SetHostAcceptanceMinWait(hostWait)
	s.SetSrflxAcceptanceMinWait(srflxWait)
	s.SetPrflxAcceptanceMinWait(prflxWait)
	s.SetRelayAcceptanceMinWait(relayWait)
	s.SetICEMaxBindingRequests(maxRequests)
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
