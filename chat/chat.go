package chat

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/peer/cleantext"
)

// pollEvery is how often polling looks after the mail.
const pollEvery = 100 * time.Millisecond

// Chat is the talk of one room as this player sees it. It has no goroutine and
// nothing to close; to end it early, bind nil to [peer.Chat]. All methods are
// safe for concurrent use and none blocks.
type Chat struct {
	cfg  Config // resolved
	link Link
	self peer.ID
	life uint64                  // drawn for this Chat
	sign func(msg []byte) []byte // nil: the link does not sign
	room func() string

	// saying is held through one Say, so that lines are signed in order without
	// mu. The link is never called with mu held.
	saying sync.Mutex

	mu      sync.Mutex
	seq     uint64   // own lines to the room
	whisper uint64   // own whispers
	said    []letter // the last of them, ascending; len <= keep
	talk    bucket
	verify  bucket
	mails   []*mail   // by receiver; len <= maxKnown
	authors []*author // len <= maxKnown
	members []peer.ID // as last seen
	history []Line    // IDs ascending without holes; len <= MaxLines
	newest  uint64    // ID of the last line shown
	muted   map[peer.ID]bool
	poll    time.Time // when polling works again
	stats   Stats
}

// post is a message on its way out.
type post struct {
	to            peer.ID
	b             []byte
	queue, number uint64 // of a line; 0, 0 for other messages
}

// New returns a Chat over l and binds [peer.Chat] on it; there is one Chat per
// link. It returns at once and sends nothing. It panics if l is nil.
func New(l Link, cfg Config) *Chat {
	if l == nil {
		panic("chat: New without a link")
	}
	c := &Chat{cfg: cfg.resolve(), link: l, self: l.Self(), life: draw(), muted: make(map[peer.ID]bool)}
	c.room = func() string { return "" }
	if r, ok := l.(interface{ RoomID() string }); ok {
		c.room = r.RoomID
	}
	if s, ok := l.(interface{ Sign(msg []byte) []byte }); ok {
		c.sign = s.Sign
	}
	l.Bind(peer.Chat, c.receive)
	return c
}

// draw returns a random number that is not 0.
func draw() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails: see crypto/rand
	return binary.LittleEndian.Uint64(b[:]) | 1
}

// Say says text, cleaned, to the room or to one member, and shows it among
// [Chat.Lines] at once. It reaches those who cannot be reached now later, if
// they stay in the room. With an error nothing was said: [ErrEmpty],
// [ErrTooLong], [ErrNotInRoom], [ErrNoSuchMember], [ErrTooFast].
func (c *Chat) Say(to Target, text string) error {
	text, cut := cleantext.Line(text)
	switch {
	case cut:
		return ErrTooLong
	case text == "":
		return ErrEmpty
	}
	c.saying.Lock()
	defer c.saying.Unlock()
	members, room := c.link.Members(), c.room()
	whisper := !to.whisper.IsZero()
	switch {
	case !slices.Contains(members, c.self):
		return ErrNotInRoom
	case whisper && (to.whisper == c.self || !slices.Contains(members, to.whisper)):
		return ErrNoSuchMember
	}
	now := c.cfg.Clock()
	l, err := c.draft(now, to.whisper, text, members)
	if err != nil {
		return err
	}
	if c.sign != nil {
		l.sig = c.sign(signed(room, c.life, to.whisper, &l))
	}
	c.mu.Lock()
	if !whisper {
		c.seq++
		if len(c.said) == keep {
			c.said = slices.Delete(c.said, 0, 1)
		}
		c.said = append(c.said, l)
	} else if m := c.mail(to.whisper, members); m != nil {
		c.whisper++
		m.items = append(m.items, l)
	}
	c.show(Line{From: c.self, To: to.whisper, Text: text, Seq: l.seq, At: now, Own: true})
	posts := c.collect(now, members)
	c.mu.Unlock()
	c.send(posts)
	return nil
}

// draft returns the letter without its signature.
func (c *Chat) draft(now time.Time, to peer.ID, text string, members []peer.ID) (letter, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := letter{scope: toRoom, seq: c.seq + 1, text: text}
	if !to.IsZero() {
		m := c.mail(to, members)
		if m == nil {
			return letter{}, ErrNoSuchMember
		}
		if len(m.items) >= window {
			return letter{}, ErrTooFast // nothing has reached that member for long
		}
		l.scope, l.seq = toOne, c.whisper+1
	} else {
		l.seen = c.seenLately(now)
	}
	if !c.talk.take(now, talkPace) {
		return letter{}, ErrTooFast
	}
	return l, nil
}

// mail returns what goes to one member, nil if there is no room for more.
func (c *Chat) mail(to peer.ID, members []peer.ID) *mail {
	for _, m := range c.mails {
		if m.to == to {
			return m
		}
	}
	if len(c.mails) >= maxKnown {
		i := slices.IndexFunc(c.mails, func(m *mail) bool { return !slices.Contains(members, m.to) })
		if i < 0 {
			return nil
		}
		c.mails = slices.Delete(c.mails, i, i+1)
	}
	m := newMail(to, draw(), c.seq)
	c.mails = append(c.mails, m)
	return m
}

// collect returns what is to be sent now.
func (c *Chat) collect(now time.Time, members []peer.ID) (posts []post) {
	if !slices.Contains(members, c.self) {
		return nil
	}
	for _, to := range members {
		if to == c.self {
			continue
		}
		m := c.mail(to, members)
		if m == nil {
			continue
		}
		m.pull(c.said)
		for l, n := m.due(now); l != nil; l, n = m.due(now) {
			e := envelope{life: c.life, queue: m.queue, number: n, oldest: m.base, letter: *l}
			posts = append(posts, post{to: to, b: sealLine(&e), queue: m.queue, number: n})
		}
	}
	return posts
}

// send hands messages to the link. mu is not held.
func (c *Chat) send(posts []post) {
	for _, p := range posts {
		if c.link.Send(p.to, peer.Chat, p.b) == nil || p.queue == 0 {
			continue
		}
		now := c.cfg.Clock()
		c.mu.Lock()
		for _, m := range c.mails {
			if m.to == p.to {
				m.refused(now, p.queue, p.number)
			}
		}
		c.mu.Unlock()
	}
}
