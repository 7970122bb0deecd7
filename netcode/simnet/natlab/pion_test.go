//go:build !js

package natlab_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// TestPion connects two plain PeerConnections, as they come out of the box, in a
// lab: a public host and one behind a port-restricted router.
func TestPion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lab := natlab.New(natlab.Config{Seed: 1})
		defer lab.Close()
		a := newPeer(t, lab.Host())
		b := newPeer(t, lab.Behind(natlab.PortRestricted()))
		dc, err := a.CreateDataChannel("moves", nil)
		if err != nil {
			t.Fatal(err)
		}
		opened, got := make(chan time.Duration, 1), make(chan string, 1)
		dc.OnOpen(func() { opened <- lab.Now() })
		b.OnDataChannel(func(dc *webrtc.DataChannel) {
			dc.OnMessage(func(m webrtc.DataChannelMessage) { got <- string(m.Data) })
		})
		connect(t, a, b)
		t.Logf("open after %v", <-opened)
		if err := dc.SendText("hello"); err != nil {
			t.Fatal(err)
		}
		if s := <-got; s != "hello" {
			t.Errorf("got %q", s)
		}
		if c := lab.Counters(); c.Received < 20 || c.Refused+c.NoRoute == 0 {
			t.Errorf("%+v: the router refused nothing", c)
		}
		if err := a.GracefulClose(); err != nil {
			t.Error(err)
		}
		if err := b.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
}

func newPeer(t *testing.T, h *natlab.Host) *webrtc.PeerConnection {
	t.Helper()
	var s webrtc.SettingEngine
	s.SetNet(h.Net())
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // a lab has no multicast
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	return pc
}

// connect signals without delay. The addresses that are found go over at once.
func connect(t *testing.T, a, b *webrtc.PeerConnection) {
	t.Helper()
	trickle := func(from, to *webrtc.PeerConnection) {
		from.OnICECandidate(func(c *webrtc.ICECandidate) {
			if c == nil {
				return
			}
			for to.RemoteDescription() == nil {
				time.Sleep(time.Millisecond)
			}
			if err := to.AddICECandidate(c.ToJSON()); err != nil {
				t.Error(err)
			}
		})
	}
	trickle(a, b)
	trickle(b, a)
	offer, err := a.CreateOffer(nil)
	check(t, err)
	check(t, a.SetLocalDescription(offer))
	check(t, b.SetRemoteDescription(offer))
	answer, err := b.CreateAnswer(nil)
	check(t, err)
	check(t, b.SetLocalDescription(answer))
	check(t, a.SetRemoteDescription(answer))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
