//go:build !js

package connect

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// Room makes n meshes on loopback, in a room in memory, and waits until all are
// linked with each other, none through a third. The caller closes them, also
// those that come with an error.
func Room(ctx context.Context, n int) ([]*mesh.Mesh, error) {
	p := &pair{recv: map[peer.ID]func(peer.ID, []byte){}}
	var members []*member
	for range n {
		key, err := peer.NewKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		members = append(members, &member{p, key})
		p.members = append(p.members, key.ID())
	}
	var ends []*mesh.Mesh
	for _, member := range members {
		m := mesh.New(member, mesh.Config{Loopback: true})
		ends = append(ends, m)
		if err := m.Err(); err != nil {
			return ends, err
		}
	}
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !direct(ends) {
		select {
		case <-look.C:
		case <-ctx.Done():
			return ends, ctx.Err()
		}
	}
	return ends, nil
}

func direct(ends []*mesh.Mesh) bool {
	for _, a := range ends {
		for _, b := range ends {
			if a != b && a.Path(b.Self()).Kind != mesh.DirectPath {
				return false
			}
		}
	}
	return true
}

// Loopback is pion with its settings as they come, but for the addresses: those
// of loopback and no others.
func Loopback() (*webrtc.API, error) {
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" || name == "lo0" })
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(media)), nil
}
