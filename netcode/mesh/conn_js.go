package mesh

import (
	"errors"
	"fmt"
	"syscall/js"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/seal"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/tuned"
)

// platform is what all connections of a mesh share.
type platform struct {
	peerConnection js.Value
	uint8Array     js.Value
	// outbox is where a message lies while the browser copies it.
	outbox js.Value
}

func (p *platform) init(*Mesh) error {
	p.peerConnection = js.Global().Get("RTCPeerConnection")
	if !p.peerConnection.Truthy() {
		return errors.New("mesh: this browser has no RTCPeerConnection; WebRTC may be switched off in its settings")
	}
	p.uint8Array = js.Global().Get("Uint8Array")
	p.outbox = p.uint8Array.New(controlLane.limit())
	return nil
}

func (p *platform) stop()  {}
func (p *platform) close() {}

// The browser finds its addresses itself.
func (p *platform) tick(*Mesh)     {}
func (p *platform) announce(*Mesh) {}

// maxServers is how many STUN and TURN servers are asked.
const maxServers = 4

// dial makes a connection that does nothing yet.
func (p *platform) dial(w *way, urls []string) (c conn, err error) {
	defer caught(&err)
	pc := &pageConn{way: w, p: p}
	pc.pc = p.peerConnection.New(map[string]any{"iceServers": pageServers(urls)})
	pc.watch()
	return pc, nil
}

// pageServers writes the room's servers as the browser wants them.
func pageServers(urls []string) (servers []any) {
	for _, u := range urls {
		s, err := nat.ParseICE(u)
		switch {
		case err != nil || len(servers) == maxServers:
		case s.Scheme == nat.TURN:
			servers = append(servers, map[string]any{"urls": s.URL(), "username": s.User, "credential": s.Password})
		default:
			servers = append(servers, map[string]any{"urls": s.URL()})
		}
	}
	return servers
}

// caught turns what JavaScript throws into an error.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case js.Error:
		*err = fmt.Errorf("mesh: the browser says: %w", r)
	case *js.ValueError:
		*err = fmt.Errorf("mesh: the browser gave something else: %w", r)
	default:
		panic(r)
	}
}

// pageConn is a connection by the browser. Everything happens on the page's one
// thread: a callback puts a note and returns, so that the mesh's goroutine does
// the work and no callback ever waits, which would halt the page. No goroutine
// is started for a message, so their order stays.
type pageConn struct {
	way   *way
	p     *platform
	pc    js.Value
	lanes [lanes]js.Value // undefined until it is there
	made  [lanes]bool
	open  [lanes]bool
	funcs []js.Func
	over  bool
}

var errClosed = errors.New("mesh: the connection ended")

// on calls f for an event of target until the connection is closed.
func (c *pageConn) on(target js.Value, event string, f func(e js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if !c.over && len(args) > 0 {
			c.guard(func() { f(args[0]) })
		}
		return nil
	})
	c.funcs = append(c.funcs, fn)
	target.Set("on"+event, fn)
}

// guard runs what talks to the browser; what it throws ends the connection.
func (c *pageConn) guard(f func()) {
	var err error
	func() {
		defer caught(&err)
		f()
	}()
	if err != nil {
		c.way.fail(Broken, err)
	}
}

// then calls f when a promise is kept; a broken one ends the connection.
func (c *pageConn) then(promise js.Value, f func()) {
	kept := js.FuncOf(func(js.Value, []js.Value) any {
		if !c.over {
			c.guard(f)
		}
		return nil
	})
	broken := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if !c.over && len(args) > 0 {
			c.way.fail(Broken, fmt.Errorf("mesh: the browser says: %s", args[0].Call("toString").String()))
		}
		return nil
	})
	c.funcs = append(c.funcs, kept, broken)
	promise.Call("then", kept, broken)
}

func (c *pageConn) watch() {
	put := c.way.m.notes.put
	c.on(c.pc, "icecandidate", func(e js.Value) {
		found := e.Get("candidate")
		if !found.Truthy() || found.Get("candidate").String() == "" {
			return // complete; nobody waits for that (W14)
		}
		cand := letter.Candidate{Text: found.Get("candidate").String()}
		if mid := found.Get("sdpMid"); mid.Type() == js.TypeString {
			cand.Mid = mid.String()
		}
		if line := found.Get("sdpMLineIndex"); line.Type() == js.TypeNumber {
			cand.MLine = uint16(line.Int())
		}
		put(note{kind: gatheredNote, way: c.way, candidate: cand})
	})
	c.on(c.pc, "connectionstatechange", func(js.Value) {
		if s := c.pc.Get("connectionState").String(); s == "failed" || s == "closed" {
			c.way.fail(Broken, fmt.Errorf("mesh: the connection is %s", s))
		}
	})
	c.on(c.pc, "datachannel", func(e js.Value) { c.opened(e.Get("channel")) })
}

// opened checks a channel that the other end opened. Only the offerer may, and
// only the three there are.
func (c *pageConn) opened(dc js.Value) {
	l, known := laneOf(dc.Get("label").String())
	rtx := dc.Get("maxRetransmits")
	good := known && !c.way.offers && !c.made[l] && !dc.Get("negotiated").Bool() && dc.Get("maxPacketLifeTime").IsNull() &&
		dc.Get("ordered").Bool() == (l == controlLane)
	if l == movesLane {
		good = good && rtx.Type() == js.TypeNumber && rtx.Int() == tuned.MoveRetransmits
	} else {
		good = good && rtx.IsNull()
	}
	if !good {
		c.way.fail(Junk, errLanes)
		return
	}
	c.attach(l, dc)
}

// attach begins to listen to a channel.
func (c *pageConn) attach(l lane, dc js.Value) {
	dc.Set("binaryType", "arraybuffer") // a Blob, the default of some browsers, would have to be awaited (W13)
	c.lanes[l], c.made[l] = dc, true
	c.on(dc, "message", func(e js.Value) { c.message(l, e.Get("data")) })
	c.on(dc, "close", func(js.Value) { c.way.fail(Broken, fmt.Errorf("mesh: lane %s is closed", l.label())) })
	c.on(dc, "open", func(js.Value) { c.isOpen(l) })
	if dc.Get("readyState").String() == "open" {
		c.isOpen(l)
	}
}

// isOpen counts a lane as open; the last one tells the way.
func (c *pageConn) isOpen(l lane) {
	if c.open[l] {
		return
	}
	c.open[l] = true
	if c.open == [lanes]bool{true, true, true} {
		c.way.m.notes.put(note{kind: openedNote, way: c.way})
	}
}

// message queues what came over a lane.
func (c *pageConn) message(l lane, data js.Value) {
	if data.Type() == js.TypeString {
		text := data.String()
		text = text[:min(len(text), 1)] // no text is any good
		c.way.arrive(l, true, len(text), func(b []byte) { copy(b, text) })
		return
	}
	n := data.Get("byteLength").Int()
	c.way.arrive(l, false, n, func(b []byte) {
		if n > 0 {
			js.CopyBytesToGo(b, c.p.uint8Array.New(data))
		}
	})
}

func (c *pageConn) offer() {
	c.guard(func() {
		for l := range lanes {
			init := map[string]any{"ordered": l == controlLane}
			if l == movesLane {
				init["maxRetransmits"] = tuned.MoveRetransmits
			}
			c.attach(l, c.pc.Call("createDataChannel", l.label(), init))
		}
		c.describe()
	})
}

// restart makes the offer of an ICE restart.
func (c *pageConn) restart() {
	c.guard(func() {
		c.pc.Call("restartIce")
		c.describe()
	})
}

// frail: a browser does not follow a peer that moves.
func (c *pageConn) frail() bool { return true }

func (c *pageConn) answer(sdp string) {
	c.guard(func() {
		offer := map[string]any{"type": "offer", "sdp": sdp}
		c.then(c.pc.Call("setRemoteDescription", offer), c.describe)
	})
}

// describe makes the local description that is due, an offer or an answer.
func (c *pageConn) describe() {
	c.then(c.pc.Call("setLocalDescription"), func() {
		c.way.m.notes.put(note{kind: describedNote, way: c.way, text: c.pc.Get("localDescription").Get("sdp").String()})
	})
}

func (c *pageConn) accept(sdp string) {
	c.guard(func() {
		answer := map[string]any{"type": "answer", "sdp": sdp}
		c.then(c.pc.Call("setRemoteDescription", answer), func() {
			c.way.m.notes.put(note{kind: settledNote, way: c.way})
		})
	})
}

// add gives the browser an address. It may refuse one; others may do.
func (c *pageConn) add(cand letter.Candidate) {
	c.guard(func() {
		init := map[string]any{"candidate": cand.Text, "sdpMid": cand.Mid, "sdpMLineIndex": int(cand.MLine)}
		c.pc.Call("addIceCandidate", init).Call("catch", ignore)
	})
}

// ignore is a callback for what may fail.
var ignore = js.FuncOf(func(js.Value, []js.Value) any { return nil })

func (c *pageConn) send(on lane, isText bool, b []byte) (err error) {
	defer caught(&err)
	if !c.open[on] || c.over {
		return errClosed
	}
	if isText {
		c.lanes[on].Call("send", string(b))
		return nil
	}
	js.CopyBytesToJS(c.p.outbox, b)
	c.lanes[on].Call("send", c.p.outbox.Call("subarray", 0, len(b))) // copies at once
	return nil
}

// keyed, packets and packet implement conn: a browser lets a page send nothing but WebRTC.
func (c *pageConn) keyed(*seal.Pair)                {}
func (c *pageConn) packets() bool                   { return false }
func (c *pageConn) packet([]byte, []byte, int) bool { return false }

func (c *pageConn) buffered(on lane) int {
	if !c.made[on] {
		return 0
	}
	return c.lanes[on].Get("bufferedAmount").Int()
}

// pair asks the browser, as far as it can tell. Where it cannot, packets do go
// somewhere: we name no TURN server.
func (c *pageConn) pair() (local, remote AddressKind, ok bool) {
	var err error
	func() {
		defer caught(&err)
		transport := c.pc.Get("sctp").Get("transport").Get("iceTransport")
		if transport.Get("getSelectedCandidatePair").Type() != js.TypeFunction {
			return
		}
		if pair := transport.Call("getSelectedCandidatePair"); pair.Truthy() {
			local = addressKind(pair.Get("local").Get("type").String())
			remote = addressKind(pair.Get("remote").Get("type").String())
		}
	}()
	return local, remote, err == nil
}

func (c *pageConn) close() {
	if c.over {
		return
	}
	c.over = true
	c.way.dead.Store(true)
	func() {
		var err error
		defer caught(&err)
		for l := range lanes {
			if c.made[l] {
				for _, event := range []string{"onmessage", "onclose", "onopen"} {
					c.lanes[l].Set(event, js.Null())
				}
			}
		}
		for _, event := range []string{"onicecandidate", "onconnectionstatechange", "ondatachannel"} {
			c.pc.Set(event, js.Null())
		}
		c.pc.Call("close")
	}()
	c.release()
}

// release gives the callbacks back once no promise can call them any more.
func (c *pageConn) release() {
	funcs := c.funcs
	c.funcs = nil
	var last js.Func
	last = js.FuncOf(func(js.Value, []js.Value) any {
		for _, f := range funcs {
			f.Release()
		}
		last.Release()
		return nil
	})
	js.Global().Call("setTimeout", last, 5000)
}
