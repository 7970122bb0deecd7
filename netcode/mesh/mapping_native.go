//go:build !js

package mesh

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/pion/transport/v4/stdnet"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
)

const (
	// surveyEvery is how old a measurement may be while connections are made: a
	// NAT that forgets within that is not known.
	surveyEvery = 10 * time.Second
	// surveyAgain is the pause between measurements while somebody is silent: it
	// may be us who have another address.
	surveyAgain = 700 * time.Millisecond
	// lookUpWithin bounds the look-up of a server's name.
	lookUpWithin = 5 * time.Second
)

// mapping asks STUN servers, over the mesh's own sockets, how these look from
// outside. Its methods are safe for concurrent use and do not block.
type mapping struct {
	set  *socket.Set
	now  func() time.Duration
	tell func() // that something changed; any goroutine. Set before the sockets are open

	// The mesh's goroutine's own:
	urls []string

	mu    sync.Mutex
	views [2]view // IPv4, IPv6
}

// view is what the servers see of one socket.
type view struct {
	servers []netip.AddrPort
	survey  *nat.Survey
	at      time.Duration // the survey began; 0 is never
	// burnt is how many destinations had been sent to when a server had been
	// asked first, or when what it sees changed: the port that it sees is that of
	// that destination.
	burnt map[netip.AddrPort]uint64
	seen  map[netip.AddrPort]netip.AddrPort

	public netip.AddrPort // not valid: not known
	sure   bool           // two servers answered, so the rest is known
	moving bool           // another port for each destination
	step   int            // from one to the next; 0: no telling, if moving
	latest netip.AddrPort // the server that was asked last of those in seen
	probe  probe
}

func (v *view) begin(now time.Duration) {
	v.survey, v.at = nat.NewSurvey(v.servers), max(now, 1)
}

// ask makes servers the ones that are asked, and asks them.
func (m *mapping) ask(servers []netip.AddrPort) {
	m.mu.Lock()
	now := m.now()
	for i := range m.views {
		v := &m.views[i]
		v.servers = v.servers[:0]
		for _, a := range servers {
			if a.Addr().Is4() == (i == 0) {
				v.servers = append(v.servers, a)
			}
		}
		if v.burnt == nil {
			v.burnt, v.seen = map[netip.AddrPort]uint64{}, map[netip.AddrPort]netip.AddrPort{}
		}
		v.begin(now)
	}
	m.mu.Unlock()
	m.poll()
}

// renew measures again what is older than that.
func (m *mapping) renew(age time.Duration) {
	m.mu.Lock()
	now := m.now()
	for i := range m.views {
		if v := &m.views[i]; len(v.servers) > 0 && now-v.at >= age {
			v.begin(now)
		}
	}
	m.mu.Unlock()
	m.poll()
}

// poll sends what is due.
func (m *mapping) poll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for i := range m.views {
		v := &m.views[i]
		for v.survey != nil {
			to, b, ok := v.survey.Poll(now)
			if !ok {
				break
			}
			m.set.SendTwice(b, to)
			if _, asked := v.burnt[to]; !asked {
				v.burnt[to] = m.set.Burnt()
			}
		}
	}
}

// receive takes a STUN message, on the goroutine of a socket.
func (m *mapping) receive(from netip.AddrPort, b []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.views {
		v := &m.views[i]
		if v.survey == nil || !v.survey.Receive(m.now(), from, b) {
			continue
		}
		if v.look(m.set) {
			m.tell()
		}
		return true
	}
	return false
}

// look takes over what the survey found, and says whether it is news.
func (v *view) look(set *socket.Set) (news bool) {
	before := *v
	answers := v.survey.Mapped()
	if len(answers) == 0 {
		return false
	}
	if v.public.IsValid() && v.public.Addr() != answers[0].Public.Addr() {
		// We are behind another NAT, or the same one forgot us all.
		set.Forget()
		clear(v.seen)
		v.probe.last = netip.AddrPort{}
		for _, server := range v.servers {
			v.burnt[server] = set.Count(server) // they were asked in this order
		}
	}
	for _, a := range answers {
		if was := v.seen[a.Server]; was.IsValid() && was != a.Public {
			v.burnt[a.Server] = set.Burnt() // a hole of its own once more, the newest
		}
		v.seen[a.Server], v.latest = a.Public, a.Server
	}
	// One answer alone does not say whether the port moves: then it is as before.
	v.public = answers[0].Public
	if len(answers) > 1 {
		v.sure = true
		v.moving = v.survey.Mapping(netip.AddrPort{}) == nat.MappingDependent
		v.step = 0
	}
	if a := answers[0]; len(answers) > 1 && v.moving {
		b := answers[len(answers)-1]
		v.step = predict.Step(a.Public, b.Public, v.burnt[a.Server], v.burnt[b.Server])
		if v.burnt[a.Server] > v.burnt[b.Server] {
			v.latest = a.Server // its first request was lost
		}
	}
	moved := before.public != v.public
	if v.moving {
		moved = before.public.Addr() != v.public.Addr()
	}
	return moved || before.moving != v.moving || before.step != v.step || before.sure != v.sure
}

// outside returns the public addresses that are known.
func (m *mapping) outside() (list []netip.AddrPort) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.views {
		if v := &m.views[i]; v.public.IsValid() {
			list = append(list, v.public)
		}
	}
	return list
}

// next says what to tell a peer of our NAT now; false while it is not known, and
// where it cannot be guessed. to is where we send to the peer if its port stays,
// else not valid: our port towards that is what it has to know.
func (m *mapping) next(round int, to netip.AddrPort) (predict.Told, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := &m.views[0] // with IPv6 there is nothing to guess
	switch {
	case !v.public.IsValid() || !v.sure:
		return predict.Told{}, false
	case !v.moving:
		return predict.Next(v.public, 0, 0, round), true
	}
	last, burnt, step := v.seen[v.latest], v.burnt[v.latest], predict.Guess(v.step, round)
	if p := &v.probe; p.last.IsValid() && p.last.Addr() == v.public.Addr() {
		last, burnt, step = p.last, p.burnt, p.step
	}
	if step == 0 || v.step == 0 && last != v.probe.last {
		return predict.Told{}, false
	}
	which, sent := m.set.Which(to)
	if !sent {
		which = m.set.Burnt() + 1
	}
	return predict.Next(last, step, int(int64(which-burnt)), round), true
}

// servers finds the addresses of those that answer STUN among the URLs: all of
// them. It calls found with those that need no look-up before it returns, and
// again from another goroutine with all, if there are others.
func (p *platform) servers(m *Mesh, urls []string, found func([]netip.AddrPort)) {
	var known []netip.AddrPort
	var names []nat.ICEServer
	for _, u := range urls {
		s, err := nat.ParseICE(u)
		if err != nil {
			m.cfg.Log.Error("mesh: going without a server", "err", err)
			continue
		}
		if len(known)+len(names) == maxServers {
			break
		}
		if a, err := netip.ParseAddr(s.Host); err == nil {
			known = append(known, netip.AddrPortFrom(a.Unmap(), s.Port))
		} else {
			names = append(names, s)
		}
	}
	if len(known) > 0 || len(names) == 0 {
		found(known)
	}
	if len(names) == 0 {
		return
	}
	m.closers.Go(func() {
		ctx, stop := context.WithTimeout(context.Background(), lookUpWithin)
		defer stop()
		go func() { // ends with ctx
			select {
			case <-m.quit:
				stop()
			case <-ctx.Done():
			}
		}()
		all := slices.Clone(known)
		for _, s := range names {
			all = append(all, p.lookUp(ctx, s)...)
		}
		if ctx.Err() == nil {
			found(all)
		}
	})
}

// lookUp finds one address of each family of a server.
func (p *platform) lookUp(ctx context.Context, s nat.ICEServer) (list []netip.AddrPort) {
	if _, ok := p.net.(*stdnet.Net); !ok {
		a, err := p.net.ResolveUDPAddr("udp", net.JoinHostPort(s.Host, strconv.Itoa(int(s.Port))))
		if err == nil {
			ap := a.AddrPort()
			list = append(list, netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()))
		}
		return list
	}
	for _, family := range []string{"ip4", "ip6"} {
		ips, err := net.DefaultResolver.LookupNetIP(ctx, family, s.Host)
		if err == nil && len(ips) > 0 {
			list = append(list, netip.AddrPortFrom(ips[0].Unmap(), s.Port))
		}
	}
	return list
}
