//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/bench/connect"
	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// pionStack is one data channel of pion, with the settings of the mesh's Moves
// and nothing of the mesh.
type pionStack struct {
	pair    *connect.Pions
	near    detached
	readers sync.WaitGroup
}

// detached is a data channel that is read by its user.
type detached interface {
	ReadDataChannel(b []byte) (n int, isString bool, err error)
	WriteDataChannel(b []byte, isString bool) (int, error)
}

// likeMesh returns pion set up as netcode/mesh does it, as far as it concerns a
// connection that is up.
func likeMesh() *webrtc.API {
	var s webrtc.SettingEngine
	s.DetachDataChannels()
	s.SetSCTPMinCwnd(256 << 10)
	s.SetSCTPRTOMax(400 * time.Millisecond)
	s.SetSCTPMaxReceiveBufferSize(1 << 20)
	s.EnableSctpSnap(true)
	s.SetICETimeouts(2*time.Second, 20*time.Second, time.Second)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	s.DisableActiveTCP(true)
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(net.IP.IsLoopback)
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	s.LoggerFactory = quiet
	return webrtc.NewAPI(
		webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(&webrtc.MediaEngine{}), webrtc.WithInterceptorRegistry(&interceptor.Registry{}),
	)
}

func openPion(ctx context.Context, got func(b []byte)) (stack, error) {
	ordered, once := false, uint16(1)
	pair, err := connect.Connect(ctx, likeMesh(), &webrtc.DataChannelInit{Ordered: &ordered, MaxRetransmits: &once})
	if err != nil {
		return nil, err
	}
	var ends [2]detached
	for i, dc := range pair.Channels {
		raw, err := dc.Detach()
		if err != nil {
			return nil, errors.Join(err, pair.Close())
		}
		end, ok := raw.(detached)
		if !ok {
			return nil, errors.Join(fmt.Errorf("a data channel is a %T", raw), pair.Close())
		}
		ends[i] = end
	}
	near, far := ends[0], ends[1]
	s := &pionStack{pair: pair, near: near}
	s.readers.Go(func() {
		buf := make([]byte, peer.MaxDatagram+1)
		for {
			n, _, err := far.ReadDataChannel(buf)
			if err != nil {
				return
			}
			_, _ = far.WriteDataChannel(buf[:n], false) // what is lost is noticed
		}
	})
	s.readers.Go(func() {
		buf := make([]byte, peer.MaxDatagram+1)
		for {
			n, _, err := near.ReadDataChannel(buf)
			if err != nil {
				return
			}
			got(buf[:n])
		}
	})
	return s, nil
}

func (s *pionStack) send(b []byte) error {
	_, err := s.near.WriteDataChannel(b, false)
	return err
}

func (s *pionStack) close() error {
	err := s.pair.Close()
	s.readers.Wait()
	return err
}

// meshStack is two meshes and their channel Moves.
type meshStack struct{ near, far *mesh.Mesh }

func openMesh(ctx context.Context, got func(b []byte)) (stack, error) {
	ends, _, err := connect.Meshes(ctx)
	if err != nil {
		return nil, err
	}
	s := &meshStack{near: ends[0], far: ends[1]}
	s.far.Bind(peer.Moves, func(from peer.ID, b []byte) {
		_ = s.far.Send(from, peer.Moves, b) // what is lost is noticed
	})
	s.near.Bind(peer.Moves, func(_ peer.ID, b []byte) { got(b) })
	return s, nil
}

func (s *meshStack) send(b []byte) error { return s.near.Send(s.far.Self(), peer.Moves, b) }

func (s *meshStack) close() error { return errors.Join(s.near.Close(), s.far.Close()) }
