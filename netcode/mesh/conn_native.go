//go:build !js

package mesh

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/tuned"
)

// pionConn is a connection by pion. Its callbacks come on goroutines of pion.
type pionConn struct {
	way     *way
	pc      *webrtc.PeerConnection
	lanes   [lanes]atomic.Pointer[openLane]
	readers sync.WaitGroup
	closing sync.Once
	ice     *webrtc.ICETransport // of pc, from the beginning: asking later may wait

	mu     sync.Mutex
	count  int // lanes that are open
	closed bool

	addresses addresses
	datagrams datagrams
	// Of the peer, from its description.
	remoteUfrag, remotePassword string
	follows                     bool // it has a socket like ours
	found                       []letter.Candidate
}

// stream is a detached data channel, as much of it as we use.
type stream interface {
	ReadDataChannel(b []byte) (n int, isString bool, err error)
	WriteDataChannel(b []byte, isString bool) (int, error)
	BufferedAmount() uint64
	OnOpen(f func()) // the other end knows of the channel
}

type openLane struct {
	stream stream
	once   sync.Once // counted as open
}

// abortFor is how long pion may take to end a connection: far more than it takes
// where the other end is there.
const abortFor = 120 * time.Millisecond

var errClosed = errors.New("mesh: the connection ended")

func (c *pionConn) watch() {
	c.ice = c.pc.SCTP().Transport().ICETransport()
	c.pc.OnICECandidate(func(found *webrtc.ICECandidate) {
		if found == nil {
			return // complete; nobody waits for that (W14)
		}
		if found.Typ != webrtc.ICECandidateTypeRelay {
			return // we know our own sockets' addresses, see addresses
		}
		init := found.ToJSON()
		cand := letter.Candidate{Text: init.Candidate}
		if init.SDPMid != nil {
			cand.Mid = *init.SDPMid
		}
		if init.SDPMLineIndex != nil {
			cand.MLine = *init.SDPMLineIndex
		}
		c.way.m.notes.put(note{kind: gatheredNote, way: c.way, candidate: cand})
	})
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateFailed || s == webrtc.PeerConnectionStateClosed {
			c.way.fail(Broken, fmt.Errorf("mesh: the connection is %v", s))
		}
	})
	c.pc.OnDataChannel(c.opened)
}

// opened checks a channel that the other end opened. Only the offerer may, and
// only the three there are.
func (c *pionConn) opened(dc *webrtc.DataChannel) {
	l, known := laneOf(dc.Label())
	rtx := dc.MaxRetransmits()
	good := known && !c.way.offers && !dc.Negotiated() && dc.MaxPacketLifeTime() == nil && dc.Ordered() == (l == controlLane)
	if l == movesLane {
		good = good && rtx != nil && *rtx == tuned.MoveRetransmits
	} else {
		good = good && rtx == nil
	}
	if !good {
		c.way.fail(Junk, errLanes)
		return
	}
	dc.OnOpen(func() { c.attach(l, dc, true) })
}

// attach begins to read a channel. open says that the other end knows of it.
func (c *pionConn) attach(l lane, dc *webrtc.DataChannel, open bool) {
	raw, err := dc.Detach()
	if err != nil {
		c.way.fail(Broken, err)
		return
	}
	s, ok := raw.(stream)
	if !ok {
		c.way.fail(Broken, fmt.Errorf("mesh: a data channel is a %T", raw))
		return
	}
	o := &openLane{stream: s}
	s.OnOpen(func() { c.open(o) })
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.readers.Add(1)
	}
	c.mu.Unlock()
	if closed {
		return
	}
	if !c.lanes[l].CompareAndSwap(nil, o) {
		c.readers.Done()
		c.way.fail(Junk, errLanes)
		return
	}
	if open {
		c.open(o)
	}
	go c.read(l, o)
}

// open counts a lane as open; the last one tells the way.
func (c *pionConn) open(o *openLane) {
	o.once.Do(func() {
		c.mu.Lock()
		c.count++
		all := c.count == int(lanes)
		c.mu.Unlock()
		if !all {
			return
		}
		// Once more after pion, which compared the description's: this is who signed.
		if sha256.Sum256(c.pc.SCTP().Transport().GetRemoteCertificate()) != c.way.fingerprint {
			c.way.m.counts.forged.Add(1)
			c.way.m.events.put(&ForgedError{From: c.way.link.id, Field: "certificate"})
			c.way.fail(Broken, errClosed)
			return
		}
		c.way.opened()
		c.ask()
		c.noMedia()
	})
}

func (c *pionConn) offer() {
	c.guard(func() error {
		for l := range lanes {
			dc, err := c.pc.CreateDataChannel(l.label(), laneInit(l))
			if err != nil {
				return err
			}
			dc.OnOpen(func() { c.attach(l, dc, false) })
		}
		offer, err := c.pc.CreateOffer(nil)
		if err != nil {
			return err
		}
		return c.describe(offer)
	})
}

// laneInit returns how a lane is opened.
func laneInit(l lane) *webrtc.DataChannelInit {
	if l == movesLane {
		return tuned.Moves()
	}
	return tuned.Reliable(l == controlLane)
}

// restart makes the offer of an ICE restart: all that was told and heard of
// addresses begins anew, in a flow of its own.
func (c *pionConn) restart() {
	c.guard(func() error {
		c.anew()
		offer, err := c.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
		if err != nil {
			return err
		}
		return c.describe(offer)
	})
}

func (c *pionConn) frail() bool { return !c.follows }

func (c *pionConn) answer(sdp string) {
	c.anew()
	c.guard(func() error {
		if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: c.meet(sdp)}); err != nil {
			return err
		}
		answer, err := c.pc.CreateAnswer(nil)
		if err != nil {
			return err
		}
		if err := c.describe(answer); err != nil {
			return err
		}
		c.greet()
		return nil
	})
}

func (c *pionConn) describe(d webrtc.SessionDescription) error {
	ufrag, password := credentials(d.SDP)
	c.addresses.flow = c.way.m.platform.set.Flow(ufrag)
	c.addresses.flow.Secure(password)
	if c.datagrams.flow.Load() != nil {
		c.addresses.flow.GoOn() // a restart: DTLS stays
	}
	c.datagrams.flow.Store(c.addresses.flow)
	c.addresses.mid = "0"
	if err := c.pc.SetLocalDescription(d); err != nil {
		return err
	}
	c.way.m.notes.put(note{kind: describedNote, way: c.way, text: c.describeAddresses(d.SDP)})
	return nil
}

func (c *pionConn) accept(sdp string) {
	c.guard(func() error {
		if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: c.meet(sdp)}); err != nil {
			return err
		}
		c.greet()
		c.way.m.notes.put(note{kind: settledNote, way: c.way})
		return nil
	})
}

func (c *pionConn) add(cand letter.Candidate) {
	if told, ok := predict.Parse(cand.Text); ok {
		if !c.way.m.platform.plain {
			c.addresses.meeting.Hear(c.way.m.now(), told)
		}
		return
	}
	c.locate(cand.Text)
	if a := &c.addresses; a.meeting.Quiet(c.way.m.now()) {
		a.held = append(a.held, cand)
		return
	}
	if c.addresses.met {
		c.visit(cand)
		c.tryNext(cand)
	}
	c.give(cand)
}

// give hands a peer's address to pion.
func (c *pionConn) give(cand letter.Candidate) {
	c.guard(func() error {
		err := c.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: cand.Text, SDPMid: &cand.Mid, SDPMLineIndex: &cand.MLine})
		if err != nil {
			c.way.m.cfg.Log.Debug("mesh: address not taken", "peer", c.way.link.id, "address", cand.Text, "err", err)
		}
		return nil // others may do
	})
}

// guard runs what reads a peer's text. That is checked by signature, but its
// parsers are not ours: a panic there costs the connection, not the game.
func (c *pionConn) guard(f func() error) {
	defer func() {
		if r := recover(); r != nil {
			c.way.fail(Junk, fmt.Errorf("mesh: panic in WebRTC: %v", r))
		}
	}()
	if err := f(); err != nil {
		c.way.fail(Broken, err)
	}
}

func (c *pionConn) send(on lane, isText bool, b []byte) error {
	if on == wireLane {
		if flow := c.datagrams.flow.Load(); flow == nil || !flow.Datagram(b) {
			return errClosed
		}
		return nil
	}
	o := c.lanes[on].Load()
	if o == nil {
		return errClosed
	}
	_, err := o.stream.WriteDataChannel(b, isText) // queues a copy
	return err
}

func (c *pionConn) buffered(on lane) int {
	if o := c.lanes[on].Load(); o != nil {
		return int(o.stream.BufferedAmount())
	}
	return 0
}

func (c *pionConn) pair() (local, remote AddressKind, ok bool) {
	pair, err := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return 0, 0, false
	}
	return addressKind(pair.Local.Typ.String()), addressKind(pair.Remote.Typ.String()), true
}

func (c *pionConn) close() {
	c.closing.Do(func() {
		c.mu.Lock()
		c.closed = true
		c.mu.Unlock()
		c.way.dead.Store(true)
		c.datagrams.close(&c.way.m.platform)
		flow := c.addresses.flow
		done := make(chan struct{})
		c.way.m.rest.Go(func() {
			defer close(done)
			// If the other end has just closed it, pion's acceptor wants a lock that
			// closing holds for 200 ms. It comes first; and in virtual time, which
			// does not pass while anybody waits for a lock, both would wait for ever.
			// Two ends that close at once must not do it in the same moment either.
			if c.way.offers {
				time.Sleep(1370 * time.Microsecond)
			} else {
				time.Sleep(3710 * time.Microsecond)
			}
			_ = c.pc.GracefulClose() // waits for pion's goroutines
			c.readers.Wait()
			if flow != nil {
				flow.Close()
			}
		})
		c.way.m.closers.Go(func() {
			late := time.NewTimer(abortFor)
			defer late.Stop()
			select {
			case <-done:
				return
			case <-late.C:
			}
			// It wants to tell of its end a connection that the other end has ended,
			// and waits twice 200 ms for what has no sender any more. Nothing needs
			// the network, so Close need not wait as well.
			_ = c.ice.GracefulStop()
			if flow != nil {
				flow.Close()
			}
		})
	})
}
