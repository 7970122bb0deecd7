//go:build !js

package connect

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// pair is a room of two in memory.
type pair struct {
	members []peer.ID
	mu      sync.Mutex
	recv    map[peer.ID]func(peer.ID, []byte)
}

// member is one end of a pair; a mesh.Signaler.
type member struct {
	*pair
	key peer.Key
}

func (m *member) Self() peer.ID { return m.key.ID() }

func (m *member) Send(to peer.ID, _ peer.Channel, b []byte) error {
	m.mu.Lock()
	recv := m.recv[to]
	m.mu.Unlock()
	if recv == nil {
		return peer.ErrNotLinked
	}
	recv(m.Self(), b)
	return nil
}

func (m *member) Bind(_ peer.Channel, recv func(peer.ID, []byte)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.recv[m.Self()] = recv
}

func (m *member) State(peer.ID) peer.State { return peer.Linked }
func (m *member) RoomID() string           { return "bench" }
func (m *member) Members() []peer.ID       { return slices.Clone(m.members) }
func (m *member) Sign(msg []byte) []byte   { return m.key.Sign(msg) }
func (m *member) ICEServers() []string     { return nil }
func (m *member) Attach(peer.Link)         {}

// Meshes makes two meshes on loopback, in a room in memory, and waits until each
// is linked with the other. took is from before the first was made, keys aside.
// The caller closes both.
func Meshes(ctx context.Context) (ends [2]*mesh.Mesh, took time.Duration, err error) {
	p := &pair{recv: map[peer.ID]func(peer.ID, []byte){}}
	var members [2]*member
	for i := range members {
		key, err := peer.NewKey(rand.Reader)
		if err != nil {
			return ends, 0, err
		}
		members[i] = &member{p, key}
		p.members = append(p.members, key.ID())
	}
	defer func() {
		if err != nil {
			closeMeshes(ends)
			ends = [2]*mesh.Mesh{}
		}
	}()
	start := time.Now()
	for i, member := range members {
		ends[i] = mesh.New(member, mesh.Config{Loopback: true})
		if err := ends[i].Err(); err != nil {
			return ends, 0, err
		}
	}
	look := time.NewTicker(100 * time.Microsecond)
	defer look.Stop()
	for {
		if ends[0].State(p.members[1]) == peer.Linked && ends[1].State(p.members[0]) == peer.Linked {
			return ends, time.Since(start), nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ends, 0, ctx.Err()
		}
	}
}

func closeMeshes(ends [2]*mesh.Mesh) {
	for _, m := range ends {
		if m != nil {
			m.Close()
		}
	}
}

func linkMeshes(ctx context.Context) (time.Duration, error) {
	ends, took, err := Meshes(ctx)
	closeMeshes(ends)
	return took, err
}
