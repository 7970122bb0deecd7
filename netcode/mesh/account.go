package mesh

import (
	"strconv"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/nat"
)

// accounts are those that a way has with TURN servers: they end, and a path by
// such a server with them. The room gets new ones in time; for a connection that
// is there already they come too late, so another is made beside it.
type accounts struct {
	end  time.Time     // by the servers' clock; zero is never, or there are none
	life time.Duration // what was left when the way was made, by our clock
}

// accountsOf reads when the first of the accounts in the URLs of servers ends: the
// user is "expiry:name", the expiry in seconds since 1970.
func accountsOf(urls []string, now time.Time) (a accounts) {
	for _, u := range urls {
		s, err := nat.ParseICE(u)
		if err != nil || s.Scheme != nat.TURN {
			continue
		}
		digits, _, named := strings.Cut(s.User, ":")
		seconds, err := strconv.ParseUint(digits, 10, 40)
		if !named || err != nil {
			continue
		}
		if end := time.Unix(int64(seconds), 0); a.end.IsZero() || end.Before(a.end) {
			a = accounts{end, end.Sub(now)}
		}
	}
	return a
}

// due says whether half of the time is over and there are accounts that last
// longer. If our clock is wrong, by less than the accounts last, it is late but
// not too late.
func (a accounts) due(now time.Time, urls []string) bool {
	if a.end.IsZero() || a.end.Sub(now) > a.life/2 {
		return false
	}
	return accountsOf(urls, now).end.After(a.end)
}

// renewEvery is the pause between looks at the accounts.
const renewEvery = 5 * time.Second

// renew wants another connection where the one that carries messages goes by our
// TURN server and its account ends.
func (p *partner) renew(now time.Duration) {
	w := p.old
	if w == nil || p.attempt != nil || now < w.renewAt {
		return
	}
	w.renewAt = now + renewEvery
	if w.accounts.end.IsZero() || !w.accounts.due(time.Now(), p.m.sig.ICEServers()) {
		return
	}
	if local, _, ok := w.conn.pair(); ok && local == RelayAddress {
		p.wanted = true
	}
}
