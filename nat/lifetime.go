//go:build !js

package nat

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

// silences are how long a mapping is left alone before it is looked at, in
// seconds.
var silences = [...]int{10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600}

const (
	lifeTries = 4
	lifeWait  = 300 * time.Millisecond // for one answer, or three round trips
)

// age finds out how long the NAT remembers a mapping that is not used: one
// socket for each of silences, all at once. Each asks the server for its public
// port and is then still; when its time is up another socket asks the server to
// answer to that port. false if there is nothing to find out, or the server
// cannot do that.
func (f *family) age(ctx context.Context, limit time.Duration) bool {
	if f.exam == nil || f.exam.base == nil || f.reach.Mapping == MappingNone {
		return false
	}
	server := f.exam.base.to
	wait := max(lifeWait, 3*f.reach.RTT)
	if !f.knowsResponsePort(ctx, server, wait) {
		return false
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	var lived, died []time.Duration
	for _, s := range silences {
		silence := time.Duration(s) * time.Second
		if silence > limit {
			break
		}
		all.Go(func() {
			alive, known := f.outlives(ctx, server, silence, wait)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case known && alive:
				lived = append(lived, silence)
			case known:
				died = append(died, silence)
			}
		})
	}
	all.Wait()
	for _, s := range lived {
		f.reach.Lifetime = max(f.reach.Lifetime, s)
	}
	for _, s := range died {
		// One that died although a longer one lived was bad luck.
		if s > f.reach.Lifetime && (f.reach.Expired == 0 || s < f.reach.Expired) {
			f.reach.Expired = s
		}
	}
	return f.reach.Lifetime > 0 || f.reach.Expired > 0
}

// outlives reports whether a mapping lives for longer than silence.
func (f *family) outlives(ctx context.Context, server netip.AddrPort, silence, wait time.Duration) (alive, known bool) {
	still, err := f.listen()
	if err != nil {
		return false, false
	}
	defer still.Close()
	m, ok := f.exchange(ctx, still, still, server, stunmsg.Wish{}, wait)
	if !ok || m.Kind != stunmsg.Success {
		return false, false
	}
	timer := time.NewTimer(silence)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return false, false
	}
	asks, err := f.listen()
	if err != nil {
		return false, false
	}
	defer asks.Close()
	// The server must be there still.
	if _, ok = f.exchange(ctx, asks, asks, server, stunmsg.Wish{}, wait); !ok {
		return false, false
	}
	wish := stunmsg.Wish{Port: m.Mapped.Port()}
	if _, alive = f.exchange(ctx, asks, still, server, wish, wait); alive {
		return true, true
	}
	return false, ctx.Err() == nil
}

// knowsResponsePort asks for an answer to a port that is known to be open.
func (f *family) knowsResponsePort(ctx context.Context, server netip.AddrPort, wait time.Duration) bool {
	alive, known := f.outlives(ctx, server, 0, wait)
	return alive && known
}

func (f *family) listen() (net.PacketConn, error) {
	return f.on.ListenPacket(f.network, netip.AddrPortFrom(f.local, 0).String())
}

// exchange sends a request by one socket until another receives the answer.
func (f *family) exchange(ctx context.Context, by, to net.PacketConn, server netip.AddrPort, w stunmsg.Wish, wait time.Duration) (stunmsg.Message, bool) {
	id := stunmsg.NewID()
	request := stunmsg.AppendAsk(nil, id, w)
	buf := make([]byte, stunmsg.MaxSize+1)
	for range lifeTries {
		if ctx.Err() != nil {
			break
		}
		if _, err := by.WriteTo(request, net.UDPAddrFromAddrPort(server)); err != nil {
			f.log.Debug("nat: send", "to", server.String(), "err", err)
		}
		to.SetReadDeadline(time.Now().Add(wait))
		for {
			n, from, err := to.ReadFrom(buf)
			if err != nil {
				break
			}
			if m, ok := answerTo(id, server, addrPort(from), buf[:n]); ok {
				return m, true
			}
		}
	}
	return stunmsg.Message{}, false
}

// answerTo reads a datagram that should answer the request id.
func answerTo(id stunmsg.ID, server, from netip.AddrPort, b []byte) (m stunmsg.Message, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false // see SECURITY in stunmsg
		}
	}()
	if from != server || !isAnswer(b) {
		return m, false
	}
	m, err := stunmsg.Parse(b)
	return m, err == nil && m.ID == id && m.Kind != stunmsg.Request
}
