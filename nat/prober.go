package nat

import (
	"context"
	"sync"
)

// Prober runs one [Probe] in the background, for a game that must not wait. It
// owns one goroutine, which ends by itself with the probe (and for its two
// seconds the probe has a helper or two). All methods are safe for concurrent
// use.
type Prober struct {
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex
	report Report
	ready  bool
	err    error
}

// Start begins to probe and returns at once; a mistake in cfg, and
// [ErrNotInBrowser], are reported by [Prober.Err]. Close the Prober.
func Start(cfg Config) *Prober {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Prober{cancel: cancel}
	p.done.Go(func() {
		report, err := Probe(ctx, cfg)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.report, p.err, p.ready = report, err, err == nil
	})
	return p
}

// Report returns what was found; false while the probe runs, and when it
// failed. It never blocks.
func (p *Prober) Report() (Report, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.report, p.ready
}

// Err returns why there will be no report, nil while it runs and after one.
// After a Close that came first it is [context.Canceled].
func (p *Prober) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Close ends a probe that still runs and waits for the goroutine, a few
// milliseconds at most. It may be called again; the error is always nil.
func (p *Prober) Close() error {
	p.cancel()
	p.done.Wait()
	return nil
}
