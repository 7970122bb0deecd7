package netcode

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/tuttiplay/tutti/netcode/internal/greet"
	"github.com/tuttiplay/tutti/netcode/lockstep"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// kindFarewell is a datagram on the Control channel: the last moves of a player
// that leaves, which must not get lost.
const kindFarewell wire.Kind = 0x40

// running is how a member whose match runs answers a greeting: who gets it comes
// late, and asks to be let in.
const running = "already running"

const (
	greetPatience = time.Second     // until the players are told whom we wait for
	greetAgain    = time.Second     // between two greetings of the same player
	matchPatience = 5 * time.Second // until another match's greeting is taken for a mistake
	maxBadControl = 16              // malformed messages until a member is not heard any more
)

// greeter compares settings with each other member before frame 0. All greet;
// frames begin once all have been greeted by all others.
type greeter struct {
	hello   greet.Hello
	sealed  []byte
	sent    [peer.MaxSeats]bool
	sentAt  [peer.MaxSeats]time.Duration
	met     [peer.MaxSeats]bool
	answer  [peer.MaxSeats][]byte // goes out once the letters are read
	other   [peer.MaxSeats]bool   // greeted us for another match
	nonce   [peer.MaxSeats]uint64
	bad     [peer.MaxSeats]int
	badAll  int64
	refused *MismatchError
}

// waiter notices that greetings do not come.
type waiter struct {
	began bool
	since time.Duration
	told  bool
}

func (s *Session[M]) greet(now time.Duration) {
	g := &s.greeter
	if g.refused != nil {
		s.fail(g.refused)
		return
	}
	if s.late {
		s.begin()
		return
	}
	all := true
	for m, id := range s.members {
		if m == s.self {
			continue
		}
		if !g.sent[m] || !g.met[m] && now-g.sentAt[m] >= greetAgain {
			g.sent[m] = s.link.Send(id, peer.Control, g.sealed) == nil
			g.sentAt[m] = now
		}
		all = all && g.sent[m] && g.met[m]
	}
	if all {
		if s.wait.told {
			s.tell(Resumed{})
		}
		s.begin()
		return
	}
	s.waitForGreetings(now)
}

// prepareHello must be done before the first letter is read.
func (s *Session[M]) prepareHello() {
	g := &s.greeter
	var nonce [8]byte
	rand.Read(nonce[:]) // never fails: see crypto/rand
	g.hello = greet.Hello{
		Build: s.cfg.Build, SchemaHash: s.codec.hash(), GoArch: runtime.GOARCH,
		TickRate: uint16(s.cfg.TickRate), CheckInterval: uint32(s.cfg.CheckInterval), DropAfter: s.cfg.DropAfter,
		MaxInputDelay: lockstep.MaxInputDelay, MaxRollback: lockstep.MaxRollback,
		Nonce: binary.LittleEndian.Uint64(nonce[:]),
		Grace: s.cfg.Grace, WhenAway: uint8(s.cfg.WhenAway), WhenAlone: uint8(s.cfg.WhenAlone), Signs: !s.key().IsZero(),
	}
	g.sealed = wire.Seal(nil, wire.Header{Kind: greet.KindHello, Match: s.match.ID}, greet.AppendHello(nil, g.hello))
}

func (s *Session[M]) waitForGreetings(now time.Duration) {
	g, w := &s.greeter, &s.wait
	if !w.began {
		w.began, w.since = true, now
	}
	missing := uint8(0)
	for m, id := range s.members {
		if m == s.self || g.met[m] {
			continue
		}
		missing |= 1 << m
		if g.other[m] && now-w.since >= matchPatience {
			s.fail(&MismatchError{Peer: id, Field: "match", Ours: fmt.Sprintf("%x", s.match.ID), Theirs: "another"})
			return
		}
	}
	if !w.told && now-w.since >= greetPatience && missing != 0 {
		w.told = true
		s.tell(Waiting{For: s.named(missing)})
	}
}

// onControl runs on the link's goroutine.
func (s *Session[M]) onControl(from peer.ID, b []byte) {
	s.letters.put(from, b)
	s.catchUp()
}

// readLetters handles the control messages that came. Those that came before
// the match was fixed waited for it.
func (s *Session[M]) readLetters() {
	if s.phase == Forming {
		return
	}
	s.letters.drain(func(from peer.ID, b []byte) {
		m := s.memberOf(from)
		if m < 0 || s.greeter.bad[m] >= maxBadControl {
			return
		}
		if err := s.control(m, b); err != nil {
			s.greeter.bad[m]++
			s.greeter.badAll++
			s.cfg.Log.Debug("netcode: control message dropped", "from", from.Short(), "err", err)
		}
	})
	for m, b := range s.greeter.answer {
		if b != nil {
			s.link.Send(s.members[m], peer.Control, b)
			s.greeter.answer[m] = nil
		}
	}
}

func (s *Session[M]) control(m int, b []byte) error {
	g := &s.greeter
	if lockstep.IsLetter(b) {
		if s.core == nil {
			return nil // said again, once the match runs
		}
		return s.core.ReceiveLetter(s.cfg.Clock(), m, b)
	}
	head, table, err := wire.Open(b, s.match.ID)
	var version *wire.VersionError
	if errors.As(err, &version) && s.phase == Greeting {
		s.refuse(m, "protocol version", strconv.Itoa(int(version.Ours)), strconv.Itoa(int(version.Theirs)))
	}
	if err != nil {
		g.other[m] = g.other[m] || head.Kind == greet.KindHello && head.Match != s.match.ID
		return err
	}
	switch head.Kind {
	case greet.KindHello:
		theirs, err := greet.ParseHello(table)
		if err != nil {
			return err
		}
		s.greeted(m, theirs)
	case greet.KindRefuse:
		r, err := greet.ParseRefuse(table)
		if err != nil {
			return err
		}
		switch {
		case s.phase != Greeting:
		case r.Field == "match" && r.Ours == running:
			s.late = s.late || g.met == [peer.MaxSeats]bool{} // if one of us waits too, this is not so
		default:
			s.refuse(m, r.Field, r.Theirs, r.Ours)
		}
	case kindFarewell:
		if s.core != nil {
			return s.core.Receive(s.cfg.Clock(), m, table)
		}
	default:
		return wire.ErrKind
	}
	return nil
}

// greeted takes a member's greeting and sees what it is owed for it.
func (s *Session[M]) greeted(m int, theirs greet.Hello) {
	g := &s.greeter
	restarted := g.met[m] && g.nonce[m] != theirs.Nonce
	r, differs := g.hello.Differs(theirs)
	switch {
	case s.phase == Greeting && differs:
		g.answer[m] = s.refusal(r)
		s.refuse(m, r.Field, r.Ours, r.Theirs)
	case s.phase == Greeting:
		if restarted || !g.met[m] || s.cfg.Clock()-g.sentAt[m] >= greetAgain {
			g.sent[m] = false // ours did not come, or it was not there yet
		}
		g.met[m], g.nonce[m] = true, theirs.Nonce
	case s.phase == Running && restarted:
		g.answer[m] = s.refusal(greet.Refuse{Field: "match", Ours: running, Theirs: "about to begin"})
	case s.phase == Running && s.core.Path(0, m).Received == 0:
		g.answer[m] = g.sealed // ours did not come
	}
}

func (s *Session[M]) refusal(r greet.Refuse) []byte {
	return wire.Seal(nil, wire.Header{Kind: greet.KindRefuse, Match: s.match.ID}, greet.AppendRefuse(nil, r))
}

// refuse ends the greeting with an error. field may be a stranger's words.
func (s *Session[M]) refuse(m int, field, ours, theirs string) {
	if s.greeter.refused == nil {
		s.greeter.refused = &MismatchError{
			Peer: s.members[m], Field: fieldName(field),
			Ours: strconv.Quote(ours), Theirs: strconv.Quote(theirs),
		}
	}
}

// fieldName is a field for a player to read, quoted unless it is a plain name.
func fieldName(field string) string {
	for _, r := range field {
		if r != '_' && (r < 'a' || r > 'z') {
			return strconv.Quote(field)
		}
	}
	return strings.ReplaceAll(field, "_", " ")
}
