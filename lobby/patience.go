package lobby

import (
	"context"
	"sync"
	"time"
)

// patienceStep is how often patience looks at the clock.
const patienceStep = 50 * time.Millisecond

// patience is a limit to the time in which an answer could have been noticed. A
// page that compiles its shaders or a machine that is out of breath holds up the
// answer as well as the clock, so a step that took long counts as two.
type patience struct {
	ctx context.Context // ends when the limit is reached
	end context.CancelFunc

	mu    sync.Mutex
	timer *time.Timer
	last  time.Time
	spent time.Duration
	limit time.Duration
}

// newPatience begins to count. It has to be ended, which frees what it holds.
func newPatience(ctx context.Context, limit time.Duration) *patience {
	p := &patience{last: time.Now(), limit: limit}
	p.ctx, p.end = context.WithCancel(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(min(patienceStep, limit), p.look)
	return p
}

func (p *patience) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count()
	switch {
	case p.ctx.Err() != nil:
	case p.spent >= p.limit:
		p.end()
	default:
		p.timer.Reset(min(patienceStep, p.limit-p.spent))
	}
}

// count takes in the time since the last look.
func (p *patience) count() {
	now := time.Now()
	p.spent += min(now.Sub(p.last), 2*patienceStep)
	p.last = now
}

// stop ends the counting and returns what was spent.
func (p *patience) stop() time.Duration {
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
	p.count()
	return p.spent
}
