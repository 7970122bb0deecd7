//go:build !js

package mesh

import (
	"net/netip"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/predict"
	"github.com/tuttiplay/tutti/netcode/mesh/internal/socket"
)

// addresses is what one connection tells and hears of addresses. pion gathers
// none but those of TURN servers: the others are the same for all connections,
// and known before one is made. It belongs to the mesh's goroutine.
type addresses struct {
	flow   *socket.Flow
	told   map[string]bool // candidates that went out, in the description or after it
	mid    string
	met    bool         // the peer's credentials are known
	ours   predict.Told // as told last; Next is valid once there was one
	theirs predict.Told // as heard last
	plan   []netip.AddrPort
	began  time.Duration      // of the plan
	knocks int                // how often the plan was sent
	burnt  uint64             // destinations that were sent to when ours was told
	toldAt time.Duration      // when that was
	again  time.Duration      // when to tell anew, if we do it first
	site   netip.Addr         // the peer's public IPv4 address
	asked  time.Duration      // when the peer told of its NAT and we were busy with another; 0 is not
	held   []letter.Candidate // wait until the plan has been tried
	// Of a browser: its public address, and whether it was told what to guess.
	public  netip.AddrPort
	guessed bool
}

const (
	// holdFor is how long a peer's other addresses wait while both NATs give each
	// destination another port: sending there would use up ports.
	holdFor = 300 * time.Millisecond
	// roundFor is how long a plan is tried before both ends tell anew.
	roundFor = 600 * time.Millisecond
	rounds   = 12
)

// knockAt is when a plan is sent again: what was first may have come before the
// other end's NAT was open.
var knockAt = [...]time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}

// news returns the texts of addresses that were not told yet.
func (c *pionConn) news() (list []string) {
	a, p := &c.addresses, &c.way.m.platform
	hosts := p.set.Hosts()
	add := func(text string) {
		if !a.told[text] {
			if a.told == nil {
				a.told = map[string]bool{}
			}
			a.told[text] = true
			list = append(list, text)
		}
	}
	local := map[netip.AddrPort]bool{}
	for _, h := range hosts {
		local[h] = true
		add(candidateText(h, false))
	}
	if open := p.port.external; open.IsValid() && !local[open] {
		add(candidateText(open, true))
	}
	behind := false
	for _, o := range p.outside.outside() {
		if !local[o] {
			add(candidateText(o, true))
			behind = behind || o.Addr().Is4()
		}
	}
	round := 0
	if a.ours.Next.IsValid() {
		round = a.ours.Round + 1 // we told of another address
	}
	if told, ok := p.outside.next(round, steady(a.theirs)); ok && behind && !c.way.m.platform.plain && a.ours.Next.Addr() != told.Next.Addr() && (told.Step == 0 || c.mayTell()) {
		c.tells(told)
		add(told.String())
	}
	return list
}

// ourSocket marks a description of an end whose sockets follow a peer that moves.
const ourSocket = "a=tutti-socket"

// describeAddresses adds all addresses that are known to a description.
func (c *pionConn) describeAddresses(sdp string) string {
	var b strings.Builder
	b.WriteString(sdp)
	if !c.way.m.platform.plain {
		b.WriteString(ourSocket + "\r\n")
	}
	for _, text := range c.news() {
		b.WriteString("a=" + text + "\r\n")
	}
	return b.String()
}

// announce tells the peer addresses that were found since.
func (c *pionConn) announce() {
	if c.addresses.flow == nil {
		return
	}
	knew := c.addresses.ours.Next.IsValid()
	for _, text := range c.news() {
		c.tell(text)
	}
	c.guess()
	if a := &c.addresses; !knew && a.ours.Next.IsValid() && a.theirs.Next.IsValid() {
		c.hearTold(a.theirs) // they told before we knew
	}
	if c.addresses.met {
		c.tryAgain(c.way.m.now())
	}
}

func (c *pionConn) tell(text string) {
	c.way.m.notes.put(note{kind: gatheredNote, way: c.way, candidate: letter.Candidate{Text: text, Mid: c.addresses.mid}})
}

// meet takes the peer's description: its credentials, and its addresses if they
// are better not used at once. It returns what pion gets.
func (c *pionConn) meet(sdp string) string {
	a := &c.addresses
	var kept strings.Builder
	var found []letter.Candidate
	for line := range strings.Lines(sdp) {
		text := strings.TrimRight(line, "\r\n")
		switch key, _, _ := strings.Cut(text, ":"); {
		case key == "a=candidate":
			a.locate(text)
			if len(found) < maxCandidates {
				found = append(found, letter.Candidate{Text: text[len("a="):], Mid: a.mid})
			}
			continue
		case text == ourSocket:
			c.follows = true
			c.datagrams.both.Store(true)
			continue
		case predict.IsTold(strings.TrimPrefix(text, "a=")):
			if told, ok := predict.Parse(strings.TrimPrefix(text, "a=")); ok {
				a.theirs = told
			}
			continue
		}
		kept.WriteString(line)
	}
	c.remoteUfrag, c.remotePassword = credentials(sdp)
	c.found, a.met = found, false
	return kept.String()
}

// greet begins to use the peer's addresses, once pion has both descriptions.
func (c *pionConn) greet() {
	a := &c.addresses
	if a.flow == nil || a.met {
		return
	}
	a.met = true
	a.flow.Meet(c.remoteUfrag, c.remotePassword, c.way.offers)
	if a.theirs.Next.IsValid() {
		c.hearTold(a.theirs)
	}
	if !c.follows {
		for _, cand := range c.found {
			if at, ok := addressOf(cand); ok && strings.Contains(cand.Text, " typ srflx") && at.Addr().Is4() {
				a.public = at
				a.flow.Check(at) // the port that it has to know is the one towards it
			}
		}
		c.guess()
	}
	for _, cand := range c.found {
		c.add(cand)
	}
	c.found = nil
}

// pageGuesses is how many ports are guessed for and of a browser, which does not
// know the words that our sockets tell each other.
const pageGuesses = 8

// guess tells a browser the ports that a symmetric NAT of ours will give next, as
// candidates: it sends there, and so its own NAT lets ours in.
func (c *pionConn) guess() {
	a := &c.addresses
	told, ok := c.way.m.platform.outside.next(0, a.public)
	if !ok || told.Step == 0 || !a.met || a.guessed || c.follows {
		return
	}
	a.guessed = true
	for i := range pageGuesses {
		c.tell(candidateText(predict.Next(told.Next, told.Step, i-2, 0).Next, true))
	}
}

// hearTold takes what the peer tells of its NAT.
func (c *pionConn) hearTold(t predict.Told) {
	a, p := &c.addresses, &c.way.m.platform
	a.theirs, a.asked = t, 0
	if t.Next.Addr().Is4() {
		a.site = t.Next.Addr()
	}
	if !a.met {
		return
	}
	told, known := p.outside.next(max(t.Round, a.ours.Round), steady(t))
	switch {
	case known && told.Next.Addr() == t.Next.Addr():
		return // the same NAT: our hosts meet
	case known && told.Step != 0 && t.Step != 0:
		a.asked = max(c.way.m.now(), 1)
		c.serve(a.asked)
		return
	case known && (t.Round > a.ours.Round || !a.ours.Next.IsValid()):
		c.retell(told)
	}
	if a.ours.Next.IsValid() && a.ours.Next.Addr() != t.Next.Addr() && a.ours.Round == t.Round {
		c.follow()
	}
}

// follow sends by the plan that both ends have made now.
func (c *pionConn) follow() {
	a := &c.addresses
	a.plan, a.began, a.knocks = predict.Plan(a.ours, a.theirs, c.way.offers), c.way.m.now(), 0
	if a.bothMove() {
		a.again = a.began + boutFor
	}
	c.knock()
}

// retell tells of our NAT, maybe not for the first time.
func (c *pionConn) retell(told predict.Told) {
	a := &c.addresses
	waste := predict.Waste(told, a.ours, a.theirs)
	for _, to := range waste {
		a.flow.Check(to)
	}
	if len(waste) > 4 {
		told.Next = predict.Next(told.Next, told.Step, len(waste)-4, 0).Next
	}
	c.tells(told)
	c.tell(told.String())
}

// tells notes what is told now.
func (c *pionConn) tells(told predict.Told) {
	a := &c.addresses
	a.ours, a.burnt, a.toldAt = told, c.way.m.platform.set.Burnt(), c.way.m.now()
	a.again = a.toldAt + roundFor
}

// steady returns a peer's address if it is the same for everybody.
func steady(t predict.Told) netip.AddrPort {
	if t.Step != 0 {
		return netip.AddrPort{}
	}
	return t.Next
}

// bothMove says whether every packet to a new address uses up a port at both ends.
func (a *addresses) bothMove() bool {
	return a.ours.Step != 0 && a.theirs.Step != 0 && a.ours.Next.Addr() != a.theirs.Next.Addr()
}

// knock sends the plan, as far as it is due.
func (c *pionConn) knock() {
	a, now := &c.addresses, c.way.m.now()
	if len(a.plan) == 0 {
		return
	}
	if c.reached() {
		a.plan = nil
		return
	}
	first := a.knocks == 0
	for a.knocks < len(knockAt) && now >= a.began+knockAt[a.knocks] {
		a.knocks++
		for _, to := range a.plan {
			a.flow.Check(to)
		}
	}
	if first && a.bothMove() {
		for _, to := range predict.Rest(a.ours, a.theirs, c.way.offers) {
			a.flow.Check(to)
		}
		c.tried()
	}
}

// tick is called each 50 ms.
func (c *pionConn) tick(now time.Duration) {
	a := &c.addresses
	if !a.met {
		return
	}
	c.ask()
	c.knock()
	if len(a.held) > 0 && now-a.began >= holdFor {
		held := a.held
		a.held = nil
		for _, cand := range held {
			c.give(cand)
		}
	}
	c.tryAgain(now)
}

// uneasy says whether the peer has not been heard for a while, and if so sends
// to where it was heard last: it follows if it is us who moved.
func (c *pionConn) uneasy() bool {
	a := &c.addresses
	if !a.met || a.flow.Silent() < uneasy {
		return false
	}
	a.flow.Nudge()
	return true
}

// visit opens our NAT towards an address that a peer told late: pion tries no
// more addresses once it is connected, and the peer may have moved there.
func (c *pionConn) visit(cand letter.Candidate) {
	a := &c.addresses
	if at, _ := a.flow.Remote(); !at.IsValid() {
		return
	}
	if at, ok := addressOf(cand); ok {
		a.flow.Check(at)
	}
}

// tryNext sends to the ports behind a browser's public one as well: if its NAT
// gives each destination another port, ours is one of the next.
func (c *pionConn) tryNext(cand letter.Candidate) {
	if c.follows || !strings.Contains(cand.Text, " typ srflx") {
		return
	}
	if at, ok := addressOf(cand); ok {
		c.addresses.flow.Check(at) // first, for our port towards it is what we told
		for i := range pageGuesses {
			c.addresses.flow.Check(predict.Next(at, 1, i+1, 0).Next)
		}
	}
}
