//go:build !js

package connect

import (
	"context"
	"time"

	"github.com/pion/webrtc/v4"
)

// linkPion connects two PeerConnections with pion's settings as they come, but
// for the addresses (loopback, like the mesh's), and waits until a reliable
// channel is open at both ends. Candidates trickle.
func linkPion(ctx context.Context) (time.Duration, error) {
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" || name == "lo0" })
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return 0, err
	}
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(media))
	start := time.Now()
	var ends [2]*webrtc.PeerConnection
	for i := range ends {
		pc, err := api.NewPeerConnection(webrtc.Configuration{})
		if err != nil {
			return 0, err
		}
		defer pc.GracefulClose()
		ends[i] = pc
	}
	a, b := ends[0], ends[1]
	open := make(chan struct{}, 2)
	found := [2]chan webrtc.ICECandidateInit{make(chan webrtc.ICECandidateInit, 64), make(chan webrtc.ICECandidateInit, 64)}
	for i, pc := range ends {
		pc.OnICECandidate(func(c *webrtc.ICECandidate) {
			if c != nil {
				found[i] <- c.ToJSON()
			}
		})
	}
	b.OnDataChannel(func(dc *webrtc.DataChannel) { dc.OnOpen(func() { open <- struct{}{} }) })
	dc, err := a.CreateDataChannel("data", nil)
	if err != nil {
		return 0, err
	}
	dc.OnOpen(func() { open <- struct{}{} })
	if err := negotiate(a, b); err != nil {
		return 0, err
	}
	for left := 2; left > 0; {
		var err error
		select {
		case c := <-found[0]:
			err = b.AddICECandidate(c)
		case c := <-found[1]:
			err = a.AddICECandidate(c)
		case <-open:
			left--
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		if err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// negotiate carries offer and answer across.
func negotiate(a, b *webrtc.PeerConnection) error {
	offer, err := a.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := a.SetLocalDescription(offer); err != nil {
		return err
	}
	if err := b.SetRemoteDescription(offer); err != nil {
		return err
	}
	answer, err := b.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := b.SetLocalDescription(answer); err != nil {
		return err
	}
	return a.SetRemoteDescription(answer)
}
