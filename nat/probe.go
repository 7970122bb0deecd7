//go:build !js

package nat

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Probe asks the servers over one fresh UDP socket per address family and
// returns what they saw. It blocks for [Config.Timeout], 2 s, at most; less
// when all have answered. It may be called from any goroutine; what it starts
// has ended when it returns.
//
// That nobody answers is no error but a report with a [Verdict]. Errors: that
// of [Config.Validate]; ctx.Err() when ctx ends first, with what was found
// until then; in a page [ErrNotInBrowser].
func Probe(ctx context.Context, cfg Config) (Report, error) {
	if err := cfg.Validate(); err != nil {
		return Report{}, err
	}
	cfg = cfg.resolve()
	if len(cfg.Servers) == 0 {
		return Report{}, ctx.Err()
	}
	end := time.Now().Add(cfg.Timeout)
	within, cancel := context.WithDeadline(ctx, end)
	defer cancel()

	found := lookUp(within, cfg)
	report := Report{Servers: len(cfg.Servers), Unresolved: found.unresolved}
	v4, v6 := newAsker("udp4", found.v4, cfg.Log), newAsker("udp6", found.v6, cfg.Log)
	var both sync.WaitGroup
	both.Go(func() { v6.run(within, end) })
	v4.run(within, end)
	both.Wait()

	report.V4, report.V6 = v4.reach(), v6.reach()
	report.Stray = v4.stray + v6.stray + v4.survey.stray + v6.survey.stray
	return report, ctx.Err()
}

// resolve puts the defaults in. c is valid.
func (c Config) resolve() Config {
	if c.Timeout == 0 {
		c.Timeout = MaxTime
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
