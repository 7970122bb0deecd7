package mesh

import (
	"time"

	"github.com/tuttiplay/tutti/nat"
)

// renewEvery is the pause between looks at the accounts.
const renewEvery = 5 * time.Second

// turnUsers returns whose accounts the URLs of servers hold.
func turnUsers(urls []string) (users []string) {
	for _, u := range urls {
		if s, err := nat.ParseICE(u); err == nil && s.Scheme == nat.TURN {
			users = append(users, s.User)
		}
	}
	return users
}

// renew wants another connection where the one that carries messages goes by our
// TURN server and its account ends.
func (p *partner) renew(now time.Duration) {
	w := p.old
	if w == nil || p.attempt != nil || now < w.renewAt {
		return
	}
	w.renewAt = now + renewEvery
	if !w.accounts.Ends() || !w.accounts.Due(time.Now(), turnUsers(p.m.sig.ICEServers())) {
		return
	}
	if local, _, ok := w.conn.pair(); ok && local == RelayAddress {
		p.wanted = true
	}
}
