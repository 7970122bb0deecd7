package courier

import (
	"sync/atomic"
	"time"
)

// PerSecond counts what somebody brings in a second. The zero PerSecond has counted
// nothing. Any goroutine may call; where two do at the turn of a second, it may be
// off by one.
type PerSecond struct{ since, n atomic.Int64 }

// Count counts one more, and returns how many there were in this second.
func (p *PerSecond) Count(now time.Duration) int {
	if now-time.Duration(p.since.Load()) >= time.Second {
		p.since.Store(int64(now))
		p.n.Store(0)
	}
	return int(p.n.Add(1))
}
