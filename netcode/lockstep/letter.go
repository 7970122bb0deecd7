package lockstep

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// What is too rare or too large for datagrams travels in letters, on the
// reliable channels:
//
//	mark  1 byte: letterMark, which no sealed message begins with
//	tag   4 bytes: the match
//	kind  1 byte
//	text  to the end
const letterMark = 0xff

const (
	letterHead      = iota + 1 // a signature under our own log; see witness.go
	letterTags                 // the tags of all seats at a frame on which sums differ
	letterProof                // that someone signed two histories
	letterFull                 // a head of somebody, whole
	letterAsk                  // a guest asks to be let in; see guest.go
	letterPage                 // settled entries, on Bulk; see archive.go
	letterTruncated            // to a guest: what it lacks is not kept any more
)

// maxLetters is how many letters wait for the driver at most.
const maxLetters = 256

// Letter is a message that the driver sends on a reliable channel, control or
// bulk.
type Letter struct {
	To      int
	Channel peer.Channel
	Text    []byte // valid until the Core is used again
}

// IsLetter reports whether a message on a reliable channel is a letter, to be
// given to [Core.ReceiveLetter].
func IsLetter(b []byte) bool { return len(b) > 0 && b[0] == letterMark }

// letter begins a letter to a member; its text is to be appended to. Beyond
// maxLetters it is thrown away: what matters is said again.
func (c *Core) letter(to int, kind byte) *Letter {
	if len(c.letters) == maxLetters {
		c.spill = Letter{Text: c.spill.Text[:0]}
		return &c.spill
	}
	if len(c.letters) < cap(c.letters) {
		c.letters = c.letters[:len(c.letters)+1]
	} else {
		c.letters = append(c.letters, Letter{})
	}
	l := &c.letters[len(c.letters)-1]
	l.To, l.Channel = to, peer.Control
	if kind == letterPage {
		l.Channel = peer.Bulk
	}
	l.Text = append(wire.AppendTag(append(l.Text[:0], letterMark), c.cfg.Tag), kind)
	return l
}

// TakeLetters returns the letters to be sent now; the slice is valid until the
// Core is used again.
func (c *Core) TakeLetters() []Letter {
	got := c.letters
	c.letters = c.letters[:0]
	return got
}

// ErrLetter is returned by [Core.ReceiveLetter] for a letter of no known kind.
var ErrLetter = errors.New("lockstep: a letter of no known kind")

// ReceiveLetter takes a letter of another member. Like [Core.Receive] it
// believes nothing before it was checked.
func (c *Core) ReceiveLetter(now time.Duration, from int, b []byte) error {
	p := &c.members[from]
	r := wire.NewReader(b)
	mark, tag, kind := r.U8(), r.Tag(), r.U8()
	if mark != letterMark || tag != c.cfg.Tag {
		c.stats.BadDatagrams++
		return ErrForeign
	}
	if p.bad >= maxBad && kind != letterAsk {
		return ErrMuted
	}
	if c.machine == nil {
		return nil
	}
	err := c.readLetter(now, from, kind, &r)
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		p.bad++
		c.stats.BadDatagrams++
	}
	return err
}

func (c *Core) readLetter(now time.Duration, from int, kind byte, r *wire.Reader) error {
	switch kind {
	case letterHead:
		c.readHeadLetter(from, r)
	case letterTags:
		c.readTags(now, from, r)
	case letterProof:
		return c.readProof(from, r)
	case letterFull:
		c.readFull(now, r)
	case letterAsk:
		c.readAsk(now, from, r)
	case letterPage:
		return c.readPage(from, r)
	case letterTruncated:
		if c.catching() && from == c.guest.sponsor && !c.guest.admitted && !c.guest.barred {
			c.guest.barred = true
			c.events = append(c.events, Barred{Truncated: true})
		}
	default:
		return ErrLetter
	}
	return nil
}

// tell appends a number to a letter's text.
func (l *Letter) tell(v uint32) { l.Text = binary.LittleEndian.AppendUint32(l.Text, v) }
