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
	flow    *socket.Flow
	told    map[string]bool // candidates that went out, in the description or after it
	mid     string
	met     bool // the peer's credentials are known
	meeting *predict.Meeting
	held    []letter.Candidate // wait until the plan has been tried
	// Of a browser: where it was before a restart, its public address, and whether
	// it was told what to guess.
	was     netip.AddrPort
	public  netip.AddrPort
	guessed bool
}

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
	if behind && !p.plain {
		if told, ok := a.meeting.First(c.way.m.now()); ok {
			add(told.String())
		}
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
	m := c.addresses.meeting
	knew := m.Told()
	for _, text := range c.news() {
		c.tell(text)
	}
	c.guess()
	if c.guesses() {
		m.Known(c.way.m.now(), knew)
	}
}

// guesses says whether the other end goes by what is told of NATs, and we do.
func (c *pionConn) guesses() bool { return c.follows && !c.way.m.platform.plain }

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
			c.locate(text)
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
				a.meeting.Hear(c.way.m.now(), told) // who is not met yet keeps it
			}
			continue
		}
		kept.WriteString(line)
	}
	c.remoteUfrag, c.remotePassword = credentials(sdp)
	c.found = found
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
	a.meeting.Met(c.way.m.now())
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

// tick is called each 50 ms.
func (c *pionConn) tick(now time.Duration) {
	a := &c.addresses
	if !a.met {
		return
	}
	c.ask()
	if len(a.held) > 0 && !a.meeting.Quiet(now) {
		held := a.held
		a.held = nil
		for _, cand := range held {
			c.give(cand)
		}
	}
	if c.guesses() {
		a.meeting.Tick(now)
	}
	if !c.follows && a.was.IsValid() && !(met{c}).Reached() {
		a.flow.Check(a.was) // four times as often as pion: it may be back where it was
	}
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
