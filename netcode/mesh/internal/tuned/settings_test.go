//go:build !js

package tuned

import (
	"net"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Each test below measures the same thing twice, with a setting of ours and with
// pion's, on bare PeerConnections in a laboratory: who takes a line out of tune
// sees why it is there. The W numbers are those of our list of pitfalls.

// The paths: 25 ms one way.
var (
	fair  = weather.Weather{Latency: 25 * time.Millisecond}
	lossy = weather.Weather{Latency: 25 * time.Millisecond, Loss: weather.Percent(10)}
)

// moving is how the moves lane is opened; others differ in one thing.
func moving(change func(*webrtc.DataChannelInit)) *webrtc.DataChannelInit {
	init := Moves()
	if change != nil {
		change(init)
	}
	return init
}

// out is an outage that begins a second after the stream.
func out(d time.Duration) func(*natlab.Lab) {
	return func(lab *natlab.Lab) {
		time.AfterFunc(time.Second, func() { lab.Outage(d) })
	}
}

// fresh returns how long after an outage that ended at end, counted from the
// first message, the first message comes that is younger than the outage's end.
func (f *flow) fresh(end time.Duration) time.Duration {
	end += f.sent[0]
	best := time.Hour
	for i, late := range f.late {
		if late >= 0 && f.sent[i] >= end-250*time.Millisecond && f.sent[i]+late >= end {
			best = min(best, f.sent[i]+late-end)
		}
	}
	return best
}

func (f *flow) log(t *testing.T, name string) {
	t.Helper()
	t.Logf("%-8s lost %d of %d, p50 %v p95 %v p99 %v worst %v; %d packets sent, %d lost, %d cut", name, f.lost(), len(f.late),
		f.quantile(500), f.quantile(950), f.quantile(990), f.quantile(1000), f.packets, f.counts.Lost, f.counts.Cut)
}

// TestMovesAreOpenedInBand: W1. A negotiated channel forgets that it may lose.
func TestMovesAreOpenedInBand(t *testing.T) {
	yes, id := true, uint16(1)
	ours := trial{sky: lossy, init: moving(nil), n: 1800}.run(t)
	theirs := trial{sky: lossy, init: moving(func(i *webrtc.DataChannelInit) { i.Negotiated, i.ID = &yes, &id }), n: 1800}.run(t)
	ours.log(t, "in-band")
	theirs.log(t, "negot.")
	if ours.counts.Lost < 200 || theirs.counts.Lost < 200 {
		t.Fatal("the weather lost too little to tell")
	}
	if theirs.lost() > 0 || theirs.quantile(950) < 250*time.Millisecond {
		t.Error("negotiated channels lose now as they are told: is there a new datachannel?")
	}
	if ours.quantile(950) > 160*time.Millisecond {
		t.Error("the lane does not give up what is late")
	}
}

// TestTwoRetransmissions: W2 and W3. What is sent last is given up at once, and
// each acknowledgement until it arrives is answered: with one retransmission
// that costs packets for each loss, and with none it never ends.
func TestTwoRetransmissions(t *testing.T) {
	times := func(n uint16) func(*webrtc.DataChannelInit) {
		return func(i *webrtc.DataChannelInit) { i.MaxRetransmits = &n }
	}
	one := trial{sky: lossy, init: moving(times(1)), n: 3600}.run(t)
	ours := trial{sky: lossy, init: moving(nil), n: 3600}.run(t)
	one.log(t, "one")
	ours.log(t, "ours")
	if one.counts.Lost < 400 || ours.counts.Lost < 400 || one.lost() < 10 || one.lost() > 72 || ours.lost() > 15 {
		t.Errorf("%d and %d of 3600 messages lost; want about 1 %% and 1 per mille", one.lost(), ours.lost())
	}
	if saved := one.packets - ours.packets; saved < 360 {
		t.Errorf("two retransmissions save %d packets in 3600 messages: is one better now?", saved)
	}
	still := trial{sky: fair, init: moving(nil), n: 300}.run(t)
	none := trial{sky: fair, init: moving(times(0)), n: 300}.run(t)
	still.log(t, "ours")
	none.log(t, "none")
	if still.packets > 300*17/10 || none.packets < 2*still.packets {
		t.Errorf("%d packets without loss, %d with no retransmission", still.packets, none.packets)
	}
}

// TestLifetimeDropsNothing: W4.
func TestLifetimeDropsNothing(t *testing.T) {
	life := uint16(50)
	theirs := trial{sky: lossy, init: moving(func(i *webrtc.DataChannelInit) { i.MaxRetransmits, i.MaxPacketLifeTime = nil, &life }), n: 1800}.run(t)
	theirs.log(t, "50 ms")
	if theirs.lost() != 0 || theirs.quantile(1000) < 300*time.Millisecond {
		t.Error("a lifetime drops what is late: a choice again?")
	}
}

// TestFreshMovesAfterAnOutage: W5. The congestion window must not hold back what
// is fresh.
func TestFreshMovesAfterAnOutage(t *testing.T) {
	for _, dark := range []time.Duration{300 * time.Millisecond, 3 * time.Second} {
		n := int((dark + 4*time.Second) / gap60)
		run := func(change func(*webrtc.SettingEngine)) *flow {
			return trial{sky: fair, init: moving(nil), change: change, n: n, size: 400, meanwhile: out(dark)}.run(t)
		}
		ours, floor := run(nil), run(func(s *webrtc.SettingEngine) { s.SetSCTPRTOMax(0) })
		theirs := run(func(s *webrtc.SettingEngine) { s.SetSCTPMinCwnd(0); s.SetSCTPRTOMax(0) })
		end := time.Second + dark
		t.Logf("%v: ours %v, with the window's floor alone %v, with neither %v", dark, ours.fresh(end), floor.fresh(end), theirs.fresh(end))
		for _, f := range []*flow{ours, floor, theirs} {
			if f.counts.Cut < 8 {
				t.Fatalf("only %d packets were cut", f.counts.Cut)
			}
		}
		if ours.fresh(end) > 60*time.Millisecond || floor.fresh(end) > 60*time.Millisecond {
			t.Error("fresh moves wait")
		}
		if theirs.fresh(end) < 400*time.Millisecond {
			t.Error("pion's own window lets fresh moves through now")
		}
	}
}

// TestReliableAfterAnOutage: W6. The pause before sending again doubles up to a
// minute if nobody bounds it.
func TestReliableAfterAnOutage(t *testing.T) {
	const dark = 8 * time.Second
	control := Reliable(true)
	n := int((dark + 14*time.Second) / (100 * time.Millisecond))
	// How long after the outage everything that was sent in it has come.
	drained := func(f *flow) (worst time.Duration) {
		end := f.sent[0] + time.Second + dark
		for i, late := range f.late {
			switch {
			case late < 0:
				t.Fatalf("message %d of a reliable channel is lost", i)
			case f.sent[i] < end:
				worst = max(worst, f.sent[i]+late-end)
			}
		}
		return worst
	}
	ours := trial{sky: fair, init: control, change: nil, n: n, pause: 100 * time.Millisecond, meanwhile: out(dark)}.run(t)
	theirs := trial{sky: fair, init: control, change: func(s *webrtc.SettingEngine) { s.SetSCTPRTOMax(0) }, n: n, pause: 100 * time.Millisecond, meanwhile: out(dark)}.run(t)
	t.Logf("drained after %v, by default after %v", drained(ours), drained(theirs))
	if ours.counts.Cut < 10 || theirs.counts.Cut < 4 {
		t.Fatalf("only %d and %d packets were cut", ours.counts.Cut, theirs.counts.Cut)
	}
	if drained(ours) > rtoMax+150*time.Millisecond || drained(theirs) < 2*time.Second {
		t.Error("the ceiling makes no difference")
	}
}

// TestCeilingIsNotTooLow: W6. Below the round trip and the other end's 200 ms of
// waiting with its acknowledgement, single messages are sent twice. Ours must
// not for round trips of up to 150 ms.
func TestCeilingIsNotTooLow(t *testing.T) {
	far := weather.Weather{Latency: 75 * time.Millisecond}
	ours := trial{sky: far, init: Reliable(true), change: nil, n: 40, pause: time.Second}.run(t)
	low := trial{sky: far, init: Reliable(true), change: func(s *webrtc.SettingEngine) { s.SetSCTPRTOMax(250 * time.Millisecond) }, n: 40, pause: time.Second}.run(t)
	t.Logf("%d packets for 40 messages; %d with a ceiling of 250 ms", ours.packets, low.packets)
	if low.packets < ours.packets+30 {
		t.Error("a low ceiling is harmless: lower it")
	}
}

// TestMovesAreNotOrdered: W7.
func TestMovesAreNotOrdered(t *testing.T) {
	plain := func(s *webrtc.SettingEngine) { s.SetSCTPRTOMax(0); s.SetSCTPMinCwnd(0) }
	ours := trial{sky: lossy, init: moving(nil), n: 1800}.run(t)
	theirs := trial{sky: lossy, init: &webrtc.DataChannelInit{}, change: plain, n: 1800}.run(t)
	ours.log(t, "ours")
	theirs.log(t, "default")
	if ours.quantile(950) > 150*time.Millisecond || theirs.quantile(950) < 3*ours.quantile(950) {
		t.Error("the default is as good")
	}
}

// server runs a STUN and TURN server on a public host.
func server(t *testing.T, lab *natlab.Lab) (servers []webrtc.ICEServer, stop func()) {
	t.Helper()
	h := lab.Host()
	conn, err := h.Net().ListenPacket("udp4", netip.AddrPortFrom(h.Addr(), 3478).String())
	must(t, err)
	s, err := stunturn.Serve(stunturn.Config{PerSource: stunturn.NoLimit}, conn)
	must(t, err)
	secret := []byte("sixteen bytes are the least")
	_, err = s.Relay(stunturn.TurnConfig{Secret: secret, Listen: func(network, address string) (net.PacketConn, error) {
		return h.Net().ListenPacket(network, address)
	}})
	must(t, err)
	c := stunturn.Mint(secret, "player", time.Now().Add(time.Hour))
	return []webrtc.ICEServer{
		{URLs: []string{"stun:" + s.Addr().String()}},
		{URLs: []string{"turn:" + s.Addr().String() + "?transport=udp"}, Username: c.User, Credential: c.Password},
	}, func() { s.Close() }
}

// joining is how long two players take to connect, signalling 25 ms each way; a
// channel is open then. They have no server, one for STUN, or one for STUN and
// TURN.
func joining(t *testing.T, seed uint64, sky weather.Weather, a, b []natlab.NAT, change func(*webrtc.SettingEngine), servers int) (took time.Duration, local, remote string) {
	t.Helper()
	inBubble(t, seed, sky, func(t *testing.T, lab *natlab.Lab) {
		list, stop := server(t, lab)
		defer stop()
		w := newBare(t, lab, lab.Behind(a...), lab.Behind(b...), change, list[:servers]...)
		defer w.close()
		w.signal = 25 * time.Millisecond
		w.pcs[1].OnDataChannel(func(dc *webrtc.DataChannel) {
			dc.OnOpen(func() {
				if _, err := dc.Detach(); err != nil {
					t.Error(err)
				}
			})
		})
		dc, err := w.pcs[0].CreateDataChannel("moves", moving(nil))
		must(t, err)
		took = w.connect(dc)
		pair, err := w.pcs[0].SCTP().Transport().ICETransport().GetSelectedCandidatePair()
		must(t, err)
		local, remote = pair.Local.Typ.String(), pair.Remote.Typ.String()
	})
	return took, local, remote
}

// TestNoWaitForBetterAddresses: W8, W22. pion waits for a better pair before it
// takes one by an address that a server told, that a packet showed, or of a
// relay.
func TestNoWaitForBetterAddresses(t *testing.T) {
	home, cone, random := []natlab.NAT{natlab.PortRestricted()}, []natlab.NAT{natlab.FullCone()}, []natlab.NAT{natlab.SymmetricRandom()}
	for _, c := range []struct {
		name, kind string // of the other end's address, as the offerer sees it
		servers    int
		a, b       []natlab.NAT
		change     func(*webrtc.SettingEngine)
		ours       time.Duration // at most
		theirs     time.Duration // at least this much longer
	}{
		{"srflx", "srflx", 1, home, home, func(s *webrtc.SettingEngine) { s.SetSrflxAcceptanceMinWait(500 * time.Millisecond) }, 600 * time.Millisecond, 150 * time.Millisecond},
		{"prflx", "prflx", 1, cone, random, func(s *webrtc.SettingEngine) { s.SetPrflxAcceptanceMinWait(time.Second) }, 600 * time.Millisecond, 400 * time.Millisecond},
		{"relay", "relay", 2, random, random, func(s *webrtc.SettingEngine) { s.SetRelayAcceptanceMinWait(2 * time.Second) }, 1200 * time.Millisecond, time.Second},
	} {
		ours, local, remote := joining(t, 1, fair, c.a, c.b, nil, c.servers)
		theirs, _, _ := joining(t, 1, fair, c.a, c.b, c.change, c.servers)
		t.Logf("%s: %v, by default %v (%s to %s)", c.name, ours, theirs, local, remote)
		if remote != c.kind && local != c.kind {
			t.Errorf("%s: the pair is %s to %s: this measures something else", c.name, local, remote)
		}
		if ours > c.ours || theirs < ours+c.theirs {
			t.Errorf("%s: the wait makes no difference", c.name)
		}
	}
}

// TestShortHandshakes: W8. Each of two settings saves a round trip or more.
func TestShortHandshakes(t *testing.T) {
	ours, _, _ := joining(t, 1, fair, nil, nil, nil, 0)
	for name, change := range map[string]func(*webrtc.SettingEngine){
		"EnableSctpSnap":                 func(s *webrtc.SettingEngine) { s.EnableSctpSnap(false) },
		"SetDTLSInsecureSkipHelloVerify": func(s *webrtc.SettingEngine) { s.SetDTLSInsecureSkipHelloVerify(false) },
	} {
		theirs, _, _ := joining(t, 1, fair, nil, nil, change, 0)
		t.Logf("%s: open after %v, without it %v", name, ours, theirs)
		if theirs < ours+45*time.Millisecond {
			t.Errorf("%s saves no round trip of 50 ms", name)
		}
	}
}

// TestLostHandshakesAreSentAgainSoon: W8.
func TestLostHandshakesAreSentAgainSoon(t *testing.T) {
	const n = 100
	run := func(change func(*webrtc.SettingEngine)) (took []time.Duration) {
		for seed := range uint64(n) {
			d, _, _ := joining(t, seed, lossy, nil, nil, change, 0)
			took = append(took, d)
		}
		slices.Sort(took)
		return took
	}
	ours := run(nil)
	theirs := run(func(s *webrtc.SettingEngine) { s.SetDTLSRetransmissionInterval(time.Second) })
	t.Logf("%d times at 10 %% loss: p50 %v p95 %v; by default p50 %v p95 %v", n, ours[n/2], ours[n*95/100], theirs[n/2], theirs[n*95/100])
	if ours[n*95/100] > 1600*time.Millisecond || theirs[n*95/100] < ours[n*95/100]+300*time.Millisecond { // p95 of either moves by 100 ms from run to run
		t.Error("the pause makes no difference")
	}
}

// TestNoMediaNoGoroutines: W11. A connection that may carry media has goroutines
// for it, whether it does or not.
func TestNoMediaNoGoroutines(t *testing.T) {
	count := func(options ...func(*webrtc.API)) (n int) {
		inBubble(t, 1, fair, func(t *testing.T, lab *natlab.Lab) {
			synctest.Wait()
			before := runtime.NumGoroutine()
			w := newBare(t, lab, lab.Host(), lab.Host(), nil)
			defer w.close()
			if len(options) > 0 {
				w.remake(options...)
			}
			dc, err := w.pcs[0].CreateDataChannel("moves", moving(nil))
			must(t, err)
			w.connect(dc)
			time.Sleep(time.Second)
			synctest.Wait()
			n = runtime.NumGoroutine() - before
		})
		return n
	}
	ours, theirs := count(), count(func(*webrtc.API) {})
	t.Logf("%d goroutines for two connections, with media %d", ours, theirs)
	if theirs < ours+4 {
		t.Error("media costs nothing")
	}
}
