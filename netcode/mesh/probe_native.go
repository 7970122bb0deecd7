//go:build !js

package mesh

import (
	"net"
	"net/netip"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
)

const (
	// probeFor is how long the servers have to answer, and probeFresh how long
	// others who share our NAT are trusted not to have used up its ports since.
	probeFor   = 300 * time.Millisecond
	probeFresh = 30 * time.Millisecond
)

// probe is which port our NAT gave last, as a socket of its own sees it: where
// others share the NAT, counting what our own sockets send to is not enough.
type probe struct {
	running bool
	at      time.Duration // of the last one, whether it told anything or not; 0 is never
	last    netip.AddrPort
	step    int
	burnt   uint64 // destinations that our sockets had been sent to by then
}

// probe says whether what is known of our NAT's ports is fresh. If not, it finds
// out: that takes a socket, and a goroutine that ends within probeFor, and
// everybody is told as when a survey has news.
func (m *Mesh) probe() (fresh bool) {
	o := m.platform.outside
	o.mu.Lock()
	defer o.mu.Unlock()
	v := &o.views[0]
	switch {
	case v.probe.running:
		return false
	case v.probe.at > 0 && o.now()-v.probe.at <= probeFresh, len(v.servers) < 2:
		return true
	}
	conn, err := m.platform.net.ListenUDP("udp4", nil)
	if err != nil {
		m.cfg.Log.Debug("mesh: no socket to look at the NAT with", "err", err)
		return true // with what is known
	}
	survey := nat.NewSurvey(v.servers)
	v.probe.running = true
	now := o.now()
	burnt := o.set.Burnt()
	for {
		to, b, ok := survey.Poll(now)
		if !ok {
			break
		}
		_, _ = conn.WriteTo(b, net.UDPAddrFromAddrPort(to))
	}
	m.closers.Go(func() {
		_ = conn.SetReadDeadline(time.Now().Add(probeFor))
		b := make([]byte, 1500)
		for !survey.Settled(o.now()) {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				break
			}
			if udp, ok := from.(*net.UDPAddr); ok {
				survey.Receive(o.now(), udp.AddrPort(), b[:n])
			}
		}
		_ = conn.Close()
		o.mu.Lock()
		v.probed(survey.Mapped(), burnt)
		v.probe.at = max(o.now(), 1)
		o.mu.Unlock()
		o.tell()
	})
	return false
}

// probed takes what the servers saw, in the order in which they were sent to.
func (v *view) probed(answers []nat.Mapped, burnt uint64) {
	v.probe.running = false
	n := len(answers)
	if n < 2 {
		return
	}
	step := predict.Step(answers[n-2].Public, answers[n-1].Public, 1, 2)
	if step == 0 {
		return
	}
	v.probe.last, v.probe.step, v.probe.burnt = answers[n-1].Public, step, burnt
}
