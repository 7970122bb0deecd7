//go:build !js

package stunturn

import (
	"net/netip"
	"time"
)

// account is what one user, or one source address, has used up.
type account struct {
	since       time.Time // of bytes
	bytes       int64
	limit       int64
	allocations int
	most        int
	rate        int64     // bytes per second; 0 is no limit
	full        time.Time // when a whole second's worth may go at once again
}

// renew forgets what is older than the quota lasts.
func (a *account) renew(now time.Time, every time.Duration) {
	if now.Sub(a.since) >= every {
		a.since, a.bytes = now, 0
	}
}

func (a *account) room() bool { return a.bytes < a.limit && a.allocations < a.most }

// after returns when the bucket is full again if n bytes go now; false if it has
// not so many.
func (a *account) after(n int, now time.Time) (full time.Time, ok bool) {
	if a.rate == 0 {
		return a.full, true
	}
	if full = a.full; full.Before(now) {
		full = now
	}
	full = full.Add(time.Duration(float64(n) / float64(a.rate) * float64(time.Second)))
	return full, full.Sub(now) <= time.Second
}

// ledger holds the accounts; the caller locks. Its size is bounded.
type ledger struct {
	cfg     TurnConfig // resolved
	users   map[string]*account
	sources map[netip.Addr]*account
	total   int // allocations
}

func newLedger(cfg TurnConfig) ledger {
	return ledger{cfg: cfg, users: map[string]*account{}, sources: map[netip.Addr]*account{}}
}

// of returns the two accounts that a user at that address draws on; nil if
// there is no room for more accounts.
func (l *ledger) of(user string, from netip.Addr, now time.Time) (u, s *account) {
	u = entry(l.users, user, now, l.cfg.Quota, l.cfg.PerUser, l.cfg.QuotaEvery, l.cfg.Rate)
	s = entry(l.sources, source(from), now, perHost*l.cfg.Quota, perHost*l.cfg.PerUser, l.cfg.QuotaEvery, perHost*l.cfg.Rate)
	return u, s
}

func entry[K comparable](all map[K]*account, key K, now time.Time, limit int64, most int, every time.Duration, rate int64) *account {
	a := all[key]
	if a == nil {
		if len(all) >= maxAccounts {
			// What has nothing to remember any more.
			for k, old := range all {
				if old.renew(now, every); old.bytes == 0 && old.allocations == 0 {
					delete(all, k)
				}
			}
		}
		if len(all) >= maxAccounts {
			return nil
		}
		a = &account{since: now, limit: limit, most: most, rate: rate}
		all[key] = a
	}
	a.renew(now, every)
	return a
}

// verdict is what becomes of a packet.
type verdict uint8

const (
	pass  verdict = iota
	slow          // above the rate: this packet is dropped
	spent         // above the quota: nothing goes any more
)

// charge takes n bytes from both accounts, or nothing if one has not so many.
func (l *ledger) charge(u, s *account, n int, now time.Time) verdict {
	u.renew(now, l.cfg.QuotaEvery)
	s.renew(now, l.cfg.QuotaEvery)
	if u.bytes+int64(n) > u.limit || s.bytes+int64(n) > s.limit {
		return spent
	}
	uFull, ok := u.after(n, now)
	sFull, also := s.after(n, now)
	if !ok || !also {
		return slow
	}
	u.full, s.full = uFull, sFull
	u.bytes += int64(n)
	s.bytes += int64(n)
	return pass
}
