//go:build !js

package nat

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Probe asks the servers over two fresh UDP sockets per address family and
// returns what they saw. It sends at most [MaxPackets] packets and blocks for
// [Config.Timeout], 2 s, at most; less when everything is known, which is
// usually within a second; with [Config.Lifetime] as much longer as that says. It
// may be called from any goroutine; what it starts has ended when it returns.
//
// That nobody answers is no error but a report with a [Verdict]. Errors: that
// of [Config.Validate]; ctx.Err() when ctx ends first, with what was found
// until then; in a page [ErrNotInBrowser].
func Probe(ctx context.Context, cfg Config) (Report, error) { return ProbeOn(ctx, system{}, cfg) }

// ProbeOn is [Probe] on another network than the machine's.
func ProbeOn(ctx context.Context, on Net, cfg Config) (Report, error) {
	if err := cfg.Validate(); err != nil {
		return Report{}, err
	}
	cfg = cfg.resolve()
	end := time.Now().Add(cfg.Timeout)
	within, cancel := context.WithDeadline(ctx, end)
	defer cancel()

	report := Report{Servers: len(cfg.Servers)}
	var all sync.WaitGroup
	if cfg.Router != nil {
		all.Go(func() {
			// It has something to close when its time is up.
			early, cancel := context.WithDeadline(within, end.Add(-cfg.Timeout/8))
			defer cancel()
			report.Router = cfg.Router(early)
			report.Router.Asked = true
		})
	}
	found := lookUp(within, on, cfg)
	var budget atomic.Int32
	budget.Store(MaxPackets)
	v4 := &family{on: on, network: "udp4", targets: found.v4, budget: &budget, log: cfg.Log}
	v6 := &family{on: on, network: "udp6", targets: found.v6, budget: &budget, log: cfg.Log}
	all.Go(func() { v6.run(within, end) })
	v4.run(within, end)
	all.Wait()

	report.Unresolved = found.unresolved
	report.V4, report.V6 = v4.reach, v6.reach
	report.Sent = MaxPackets - int(max(budget.Load(), 0))
	report.Stray = v4.strays() + v6.strays()
	report.Online = online(on, report)
	if cfg.Lifetime > 0 {
		if !v4.age(ctx, cfg.Lifetime) {
			v6.age(ctx, cfg.Lifetime)
		}
		report.V4, report.V6 = v4.reach, v6.reach
	}
	return report, ctx.Err()
}

// online reports whether the machine has a way into the internet.
func online(on Net, r Report) bool {
	if r.V4.Local.IsValid() || r.V6.Local.IsValid() {
		return true
	}
	for network, to := range far {
		if ip := route(on, network, to); ip.IsValid() && !ip.IsLoopback() {
			return true
		}
	}
	return false
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
