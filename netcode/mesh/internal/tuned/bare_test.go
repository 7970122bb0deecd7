//go:build !js

package tuned

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// bare is two PeerConnections of pion in a laboratory, with our settings but for
// one: what a setting does is seen without the mesh that stands on it.
type bare struct {
	t      *testing.T
	lab    *natlab.Lab
	hosts  [2]*natlab.Host
	pcs    [2]*webrtc.PeerConnection
	done   chan struct{}
	signal time.Duration // one way
	began  time.Duration // when the offer was made
}

// inBubble runs f in virtual time, in a lab of its own.
func inBubble(t *testing.T, seed uint64, w weather.Weather, f func(t *testing.T, lab *natlab.Lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		lab := natlab.New(natlab.Config{Seed: seed, Weather: w})
		defer lab.Close()
		f(t, lab)
	})
}

// newBare makes the two connections; change puts one setting back to pion's.
func newBare(t *testing.T, lab *natlab.Lab, a, b *natlab.Host, change func(*webrtc.SettingEngine), servers ...webrtc.ICEServer) *bare {
	t.Helper()
	w := &bare{t: t, lab: lab, hosts: [2]*natlab.Host{a, b}, done: make(chan struct{})}
	for i, h := range w.hosts {
		var s webrtc.SettingEngine
		Settings(&s)
		if change != nil {
			change(&s)
		}
		s.SetNet(h.Net())
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
		s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
		api := API(s)
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		cert, err := webrtc.GenerateCertificate(key)
		must(t, err)
		w.pcs[i], err = api.NewPeerConnection(webrtc.Configuration{ICEServers: servers, Certificates: []webrtc.Certificate{*cert}})
		must(t, err)
	}
	return w
}

// remake makes the two connections anew as pion does by default, with media.
func (w *bare) remake(options ...func(*webrtc.API)) {
	w.t.Helper()
	for i, h := range w.hosts {
		must(w.t, w.pcs[i].GracefulClose())
		var s webrtc.SettingEngine
		Settings(&s)
		s.SetNet(h.Net())
		s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
		m, reg := &webrtc.MediaEngine{}, &interceptor.Registry{}
		must(w.t, m.RegisterDefaultCodecs())
		must(w.t, webrtc.RegisterDefaultInterceptors(m, reg))
		var err error
		w.pcs[i], err = webrtc.NewAPI(append(options, webrtc.WithSettingEngine(s), webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(reg))...).NewPeerConnection(webrtc.Configuration{})
		must(w.t, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// connect exchanges descriptions and addresses over a signalling line, and
// returns when the offerer's channel is open.
func (w *bare) connect(dc *webrtc.DataChannel) (took time.Duration) {
	open := make(chan struct{})
	var once sync.Once
	dc.OnOpen(func() {
		raw, err := dc.Detach()
		if err != nil {
			w.t.Error(err)
			return
		}
		// Open is what the other end acknowledged; who reads learns of it.
		said := func() { once.Do(func() { close(open) }) }
		if raw.(interface{ OnOpen(func()) }).OnOpen(said); dc.Negotiated() {
			said()
		}
		go func() {
			for _, err := raw.Read(make([]byte, 2000)); err == nil; {
				_, err = raw.Read(make([]byte, 2000))
			}
		}()
	})
	w.describe()
	select {
	case <-open:
	case <-time.After(time.Minute):
		w.t.Fatal("no connection within a minute")
	}
	return w.lab.Now() - w.began
}

// describe starts the exchange. Addresses wait for the description before them.
func (w *bare) describe() {
	a, b := w.pcs[0], w.pcs[1]
	trickle := func(from, to *webrtc.PeerConnection) (ready chan struct{}) {
		ready = make(chan struct{})
		from.OnICECandidate(func(c *webrtc.ICECandidate) {
			if c == nil {
				return
			}
			go func() {
				time.Sleep(w.signal)
				select {
				case <-ready:
				case <-w.done:
					return
				}
				if err := to.AddICECandidate(c.ToJSON()); err != nil {
					w.t.Error(err)
				}
			}()
		})
		return ready
	}
	describe := func(from, to *webrtc.PeerConnection, d webrtc.SessionDescription, err error, ready chan struct{}) {
		must(w.t, err)
		must(w.t, from.SetLocalDescription(d))
		time.Sleep(w.signal)
		must(w.t, to.SetRemoteDescription(d))
		close(ready)
	}
	toB, toA := trickle(a, b), trickle(b, a)
	offer, err := a.CreateOffer(nil)
	w.began = w.lab.Now()
	describe(a, b, offer, err, toB)
	answer, err := b.CreateAnswer(nil)
	describe(b, a, answer, err, toA)
}

func (w *bare) close() {
	close(w.done)
	for _, pc := range w.pcs {
		must(w.t, pc.GracefulClose())
	}
}

// flow is what a stream of messages at 60 Hz met.
type flow struct {
	// late is how long each message took, in the order of sending; -1 is lost.
	late []time.Duration
	sent []time.Duration // when each one was
	// packets that both ends sent while the stream ran, keep-alives included.
	packets int64
	counts  natlab.Counters
}

// arrived returns how long those took that came, the quickest first.
func (f *flow) arrived() []time.Duration {
	var l []time.Duration
	for _, d := range f.late {
		if d >= 0 {
			l = append(l, d)
		}
	}
	slices.Sort(l)
	return l
}

func (f *flow) lost() int { return len(f.late) - len(f.arrived()) }

// quantile returns the time within which so many of a thousand of those came
// that came at all.
func (f *flow) quantile(thousandth int) time.Duration {
	l := f.arrived()
	return l[(len(l)-1)*thousandth/1000]
}

// gap60 is the time from one move to the next.
const gap60 = time.Second / 60

// trial is a stream of messages over a channel between two public hosts.
type trial struct {
	sky    weather.Weather // from the time when the channel is open
	init   *webrtc.DataChannelInit
	change func(*webrtc.SettingEngine)
	n      int           // messages
	pause  time.Duration // between them; 0 is 60 Hz
	size   int           // of each in bytes; 0 is 100
	// meanwhile is called once, when the first one is sent; it must not block.
	meanwhile func(lab *natlab.Lab)
}

func (c trial) run(t *testing.T) *flow {
	t.Helper()
	seed, sky, init, change, n, pause, meanwhile := uint64(1), c.sky, c.init, c.change, c.n, c.pause, c.meanwhile
	if pause == 0 {
		pause = gap60
	}
	if c.size == 0 {
		c.size = 100
	}
	f := &flow{late: make([]time.Duration, n), sent: make([]time.Duration, n)}
	inBubble(t, seed, weather.Weather{Latency: sky.Latency}, func(t *testing.T, lab *natlab.Lab) {
		w := newBare(t, lab, lab.Host(), lab.Host(), change)
		defer w.close()
		for i := range f.late {
			f.late[i] = -1
		}
		read := func(dc *webrtc.DataChannel) {
			dc.OnOpen(func() {
				raw, err := dc.Detach()
				if err != nil {
					t.Error(err)
					return
				}
				go func() {
					buf := make([]byte, 2000)
					for {
						if _, err := raw.Read(buf); err != nil {
							return
						}
						if i := binary.LittleEndian.Uint32(buf); f.late[i] < 0 {
							f.late[i] = lab.Now() - f.sent[i]
						}
					}
				}()
			})
		}
		dc, err := w.pcs[0].CreateDataChannel("moves", init)
		must(t, err)
		if init.Negotiated != nil {
			other, err := w.pcs[1].CreateDataChannel("moves", init)
			must(t, err)
			read(other)
		} else {
			w.pcs[1].OnDataChannel(read)
		}
		w.connect(dc)
		time.Sleep(500 * time.Millisecond) // both ends know by now
		raw, err := dc.Detach()
		must(t, err)
		lab.Weather(w.hosts[0], w.hosts[1], sky)
		before := lab.Counters()
		if meanwhile != nil {
			meanwhile(lab)
		}
		msg := make([]byte, c.size)
		tick := time.NewTicker(pause)
		for i := range n {
			binary.LittleEndian.PutUint32(msg, uint32(i))
			f.sent[i] = lab.Now()
			if _, err := raw.Write(msg); err != nil {
				t.Error(err)
				break
			}
			<-tick.C
		}
		f.counts = lab.Counters()
		f.packets = f.counts.Sent - before.Sent
		f.counts.Lost -= before.Lost
		f.counts.Cut -= before.Cut
		time.Sleep(15 * time.Second) // what still comes
	})
	return f
}
