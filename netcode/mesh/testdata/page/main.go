//go:build js

// Command page runs meshes in a browser for chromium_test.go: it echoes what
// comes on User, Moves and Bulk, sends ten thousand numbered lines on Chat when it
// gets "go" on Control, makes an ICE restart when it gets "restart", and answers
// "path" and "channels" there.
package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall/js"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// room is a Signaler over the page's WebSocket.
type room struct {
	key     peer.Key
	name    string
	members []peer.ID
	servers []string
	mu      sync.Mutex
	recv    func(peer.ID, []byte)
}

func (r *room) Self() peer.ID { return r.key.ID() }

func (r *room) Send(to peer.ID, _ peer.Channel, b []byte) error {
	self := r.Self()
	frame := slices.Concat(self[:], to[:], b)
	u := js.Global().Get("Uint8Array").New(len(frame))
	js.CopyBytesToJS(u, frame)
	js.Global().Call("carry", u)
	return nil
}

func (r *room) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ch == peer.Signal {
		r.recv = recv
	}
}

func (r *room) State(peer.ID) peer.State { return peer.Linked }
func (r *room) RoomID() string           { return r.name }
func (r *room) Members() []peer.ID       { return slices.Clone(r.members) }
func (r *room) Sign(msg []byte) []byte   { return r.key.Sign(msg) }
func (r *room) ICEServers() []string     { return r.servers }
func (r *room) Attach(peer.Link)         {}

// watchChannels makes the browser's data channels known to the page, whichever
// end opens them.
const watchChannels = `
	window.channels = [];
	const make = RTCPeerConnection.prototype.createDataChannel;
	RTCPeerConnection.prototype.createDataChannel = function (...a) {
		const c = make.apply(this, a); channels.push(c); return c;
	};
	const on = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "ondatachannel");
	Object.defineProperty(RTCPeerConnection.prototype, "ondatachannel", {
		set(f) { on.set.call(this, f && (e => { channels.push(e.channel); f(e); })); },
	});
	window.tellChannels = () => channels.filter(c => c.readyState == "open")
		.map(c => [c.label, c.ordered, c.maxRetransmits, c.maxPacketLifeTime, c.binaryType].join(" ")).sort().join("; ");
`

// relayOnly lets the browser use no address but those of servers.
const relayOnly = `
	const Plain = RTCPeerConnection;
	window.RTCPeerConnection = function (c, ...more) { return new Plain({ ...c, iceTransportPolicy: "relay" }, ...more); };
	window.RTCPeerConnection.prototype = Plain.prototype;
	const set = Plain.prototype.setConfiguration;
	Plain.prototype.setConfiguration = function (c) { return set.call(this, { ...c, iceTransportPolicy: "relay" }); };
`

func main() {
	js.Global().Call("eval", watchChannels)
	query := js.Global().Get("URLSearchParams").New(js.Global().Get("location").Get("search"))
	param := func(name string) string { return query.Call("get", name).String() }
	var servers []string
	if text := param("servers"); text != "" {
		servers = strings.Split(text, ",")
		js.Global().Call("eval", relayOnly)
	}
	var members []peer.ID
	for text := range strings.SplitSeq(param("members"), ",") {
		id, err := peer.ParseID(text)
		if err != nil {
			panic(err)
		}
		members = append(members, id)
	}
	rooms := map[peer.ID]*room{}
	for text := range strings.SplitSeq(param("seeds"), ",") {
		raw, err := hex.DecodeString(text)
		if err != nil {
			panic(err)
		}
		r := &room{key: peer.KeyFromSeed([peer.SeedSize]byte(raw)), name: param("room"), members: members, servers: servers}
		rooms[r.Self()] = r
	}
	js.Global().Set("deliver", js.FuncOf(func(_ js.Value, args []js.Value) any {
		frame := make([]byte, args[0].Get("length").Int())
		js.CopyBytesToGo(frame, args[0])
		r := rooms[peer.ID(frame[peer.IDSize:])]
		r.mu.Lock()
		f := r.recv
		r.mu.Unlock()
		if f != nil {
			f(peer.ID(frame), frame[2*peer.IDSize:])
		}
		return nil
	}))
	for _, r := range rooms {
		m := mesh.New(r, mesh.Config{})
		if m.Err() != nil {
			panic(m.Err())
		}
		serve(m)
	}
	select {}
}

func serve(m *mesh.Mesh) {
	for _, ch := range []peer.Channel{peer.User, peer.Moves, peer.Bulk} {
		m.Bind(ch, func(from peer.ID, b []byte) {
			if err := m.Send(from, ch, b); err != nil && ch != peer.Moves {
				println("echo:", err.Error())
			}
		})
	}
	m.Bind(peer.Control, func(from peer.ID, b []byte) {
		switch string(b) {
		case "go":
			go flood(m, from)
		case "restart":
			if err := m.Restart(from); err != nil {
				println("restart:", err.Error())
			}
		case "channels":
			if err := m.Send(from, peer.Control, []byte(js.Global().Call("tellChannels").String())); err != nil {
				println("channels:", err.Error())
			}
		case "path":
			text := fmt.Sprintf("%+v %+v", m.Path(from), m.Stats())
			for e := range m.Events() {
				text += "; " + e.String()
			}
			if err := m.Send(from, peer.Control, []byte(text)); err != nil {
				println("path:", err.Error())
			}
		}
	})
}

func flood(m *mesh.Mesh, to peer.ID) {
	for i := range 10_000 {
		for {
			err := m.Send(to, peer.Chat, fmt.Appendf(nil, "%d", i))
			if err == nil {
				break
			}
			if !errors.Is(err, peer.ErrFull) {
				println("flood:", err.Error())
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
}
