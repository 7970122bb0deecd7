//go:build !js

package rendezvous

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// maxSources bounds what a throttle remembers; one source is about 100 bytes.
const maxSources = 50_000

// bucket holds tokens that come back with time: rate a second, up to burst.
type bucket struct {
	tokens float64
	at     time.Time
}

func (b *bucket) refill(now time.Time, rate, burst float64) {
	b.tokens = min(burst, b.tokens+rate*now.Sub(b.at).Seconds())
	b.at = now
}

// throttle counts something for each source.
type throttle struct {
	burst, rate float64

	mu      sync.Mutex
	sources map[string]bucket
}

// newThrottle lets each source do burst at once, and burst again per minute.
func newThrottle(burst int) *throttle {
	return &throttle{burst: float64(burst), rate: float64(burst) / 60, sources: map[string]bucket{}}
}

// allows reports whether the source has something left.
func (t *throttle) allows(source string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.sources[source]
	b.refill(now, t.rate, t.burst)
	return !ok || b.tokens >= 1
}

// take counts one more, and reports whether the source had it left.
func (t *throttle) take(source string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b, ok := t.sources[source]
	if !ok {
		t.makeRoom()
		b = bucket{t.burst, now}
	}
	b.refill(now, t.rate, t.burst)
	had := b.tokens >= 1
	if had {
		b.tokens--
	}
	t.sources[source] = b
	return had
}

// makeRoom forgets some source if there are too many: whoever has so many
// addresses is not held up by a throttle, and others must not suffer.
func (t *throttle) makeRoom() {
	if len(t.sources) < maxSources {
		return
	}
	for source := range t.sources {
		delete(t.sources, source)
		return
	}
}

// sweep forgets who has everything back.
func (t *throttle) sweep(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for source, b := range t.sources {
		if b.refill(now, t.rate, t.burst); b.tokens >= t.burst {
			delete(t.sources, source)
		}
	}
}

// pace is what one connection may send. It is for one goroutine.
type pace struct {
	messages, bytes         bucket
	messageRate, byteRate   float64
	messageBurst, byteBurst float64
}

func newPace(cfg Config, now time.Time) pace {
	p := pace{messageRate: float64(cfg.MessagesPerSec), byteRate: float64(cfg.BytesPerSec)}
	p.messageBurst, p.byteBurst = 4*p.messageRate, 4*p.byteRate
	p.messages, p.bytes = bucket{p.messageBurst, now}, bucket{p.byteBurst, now}
	return p
}

// take counts a message of n bytes, which costs as much as that many messages,
// and returns how long to wait until the next one may be read.
func (p *pace) take(now time.Time, cost, n int) time.Duration {
	p.messages.refill(now, p.messageRate, p.messageBurst)
	p.bytes.refill(now, p.byteRate, p.byteBurst)
	p.messages.tokens -= float64(cost)
	p.bytes.tokens -= float64(n)
	wait := max(-p.messages.tokens/p.messageRate, -p.bytes.tokens/p.byteRate, 0)
	return time.Duration(wait * float64(time.Second))
}

// sourceOf names whom a request counts against.
func sourceOf(r *http.Request, behindProxy bool) string {
	text := r.RemoteAddr
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	if all := r.Header.Values("X-Forwarded-For"); behindProxy && len(all) > 0 {
		last := all[len(all)-1]
		text = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return "unknown"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		prefix, _ := addr.Prefix(64) // of a valid address: no error
		return prefix.String()
	}
	return addr.String()
}
