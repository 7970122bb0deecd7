//go:build !js

package connect

import (
	"context"
	"errors"
	"time"

	"github.com/pion/webrtc/v4"
)

// Pions are two PeerConnections with one data channel between them.
type Pions struct {
	Conns    [2]*webrtc.PeerConnection
	Channels [2]*webrtc.DataChannel // of the offerer and of the other end
}

// Connect makes two PeerConnections, carries offer, answer and addresses across
// as they come, and waits until the channel is open at both ends. The caller
// closes it.
func Connect(ctx context.Context, api *webrtc.API, channel *webrtc.DataChannelInit) (*Pions, error) {
	p := &Pions{}
	if err := p.link(ctx, api, channel); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Pions) link(ctx context.Context, api *webrtc.API, channel *webrtc.DataChannelInit) (err error) {
	for i := range p.Conns {
		if p.Conns[i], err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
			return err
		}
	}
	a, b := p.Conns[0], p.Conns[1]
	open := make(chan struct{}, 2)
	found := [2]chan webrtc.ICECandidateInit{make(chan webrtc.ICECandidateInit, 64), make(chan webrtc.ICECandidateInit, 64)}
	for i, pc := range p.Conns {
		pc.OnICECandidate(func(c *webrtc.ICECandidate) {
			if c != nil {
				found[i] <- c.ToJSON()
			}
		})
	}
	b.OnDataChannel(func(dc *webrtc.DataChannel) {
		dc.OnOpen(func() {
			p.Channels[1] = dc
			open <- struct{}{}
		})
	})
	dc, err := a.CreateDataChannel("data", channel)
	if err != nil {
		return err
	}
	p.Channels[0] = dc
	dc.OnOpen(func() { open <- struct{}{} })
	if err := negotiate(a, b); err != nil {
		return err
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
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close ends both and waits for pion's goroutines.
func (p *Pions) Close() error {
	var all []error
	for _, pc := range p.Conns {
		if pc != nil {
			all = append(all, pc.GracefulClose())
		}
	}
	return errors.Join(all...)
}

// linkPion connects two PeerConnections with pion's settings as they come, but
// for the addresses: loopback, like the mesh's.
func linkPion(ctx context.Context) (time.Duration, error) {
	api, err := Loopback()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	p, err := Connect(ctx, api, nil)
	if err != nil {
		return 0, err
	}
	took := time.Since(start)
	_ = p.Close() // what it says of a connection that worked does not matter
	return took, nil
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
