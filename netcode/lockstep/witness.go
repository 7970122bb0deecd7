package lockstep

import (
	"time"

	"github.com/tuttiplay/tutti/netcode/evidence"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Every HeadEvery frames each author signs the head of its log. Signatures are
// kept as they come and checked only when histories differ. Then the two who
// disagree tell each other the tags of all seats and the signed heads they
// hold: two signed heads for one frame with different tags prove, to anyone,
// that their author signed two histories. It is dropped, at the last frame on
// which all agree.

const (
	disputeAgain = 100 * time.Millisecond // between two rounds of telling
	disputeHead  = 1500 * time.Millisecond
	disputeEnds  = 4 * time.Second
	blameEnds    = 5 * time.Second // without a proof
	maxProofs    = 16              // of one member; an honest one sends one per cheat
)

// witness keeps what may become evidence.
type witness struct {
	shelf    *evidence.Shelf
	signed   [MaxMembers]Frame // per local seat: heads up to here were signed
	early    [MaxMembers]early // per seat: a head that came before its moves
	disputes [MaxMembers]dispute
	guilty   uint8             // members to be dropped for what they did
	proven   uint8             // of those, the ones told to the driver
	proofs   [MaxMembers]uint8 // taken from each member
	blamedAt time.Duration     // when somebody was found guilty without a proof
	verdicts [MaxMembers]verdict
	forkSeat int8  // the seat of a guilty one whose log forked, -1 for none
	banned   uint8 // of the proven, those we voted against
}

type verdict struct {
	frame Frame
	tag   evidence.Tag
	good  bool
}

type early struct {
	frame Frame // 0 is none
	sig   [evidence.HeadSize]byte
}

// dispute is about another history that a member reports.
type dispute struct {
	open   bool
	frame  Frame // the first on which sums differ
	since  time.Duration
	told   time.Duration
	differ uint8 // seats, by its own words
}

// holdShelf tells the shelf whose heads to keep.
func (c *Core) holdShelf() {
	for s := range c.cfg.Seats {
		if l := &c.logs[s]; l.holder >= 0 {
			c.evidence.shelf.Hold(s, c.cfg.IDs[l.holder], l.incarnation)
		}
	}
}

// head returns the head of a seat's log at a frame, not signed yet.
func (c *Core) head(s int, f Frame) evidence.Head {
	l := &c.logs[s]
	return evidence.Head{
		Match: c.cfg.Match, Seat: s, Holder: c.cfg.IDs[l.holder],
		Incarnation: l.incarnation, Frame: int32(f), Tag: l.tag(f),
	}
}

// witnessed signs what we wrote and keeps what others signed.
func (c *Core) witnessed(now time.Duration) {
	if c.cfg.Key.IsZero() || c.machine == nil {
		return
	}
	w := &c.evidence
	c.holdShelf()
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 {
			continue
		}
		if l.holder == c.cfg.Self {
			c.sign(s)
		} else if e := &w.early[s]; e.frame > 0 && e.frame <= l.head {
			c.shelve(s, e.frame, e.sig)
			e.frame = 0
		}
	}
	if p, ok := w.shelf.Recheck(now); ok {
		c.convict(&p)
	}
	c.ban()
	if w.guilty&^w.proven != 0 && now-w.blamedAt >= blameEnds {
		w.guilty &= w.proven // nobody else sees it so
		if w.guilty == 0 {
			w.forkSeat = -1
		}
	}
	for m := range c.cfg.Members {
		if d := &w.disputes[m]; d.open {
			c.argue(now, m, d)
		}
	}
}

func (c *Core) sign(s int) {
	w, l := &c.evidence, &c.logs[s]
	f := l.head - l.head%c.cfg.HeadEvery
	if f <= max(w.signed[s], l.start) || !l.knows(f) || c.catching() {
		return
	}
	w.signed[s] = f
	h := evidence.Sign(c.cfg.Key, c.head(s, f))
	w.shelf.Put(h)
	for m := range c.cfg.Members {
		if m != c.cfg.Self && c.takesPart(m) {
			b := c.letter(m, letterHead)
			b.Text = append(b.Text, byte(s))
			b.tell(uint32(f))
			b.Text = append(b.Text, h.Sig[:]...)
		}
	}
}

func (c *Core) shelve(s int, f Frame, sig [evidence.HeadSize]byte) {
	if c.logs[s].knows(f) && f > c.logs[s].start {
		h := c.head(s, f)
		h.Sig = sig
		c.evidence.shelf.Put(h)
	}
}

func (c *Core) readHeadLetter(from int, r *wire.Reader) {
	s, f := int(r.U8()), Frame(r.U32())
	sig := r.Bytes(evidence.HeadSize)
	if r.Err() == nil && (s >= len(c.cfg.Seats) || c.logs[s].holder != from || f <= 0 || f%c.cfg.HeadEvery != 0) {
		r.Fail(wire.ErrRange)
	}
	if r.Err() != nil {
		return
	}
	if f <= c.logs[s].head {
		c.shelve(s, f, [evidence.HeadSize]byte(sig))
	} else {
		c.evidence.early[s] = early{f, [evidence.HeadSize]byte(sig)}
	}
}

// disputed notes that a member's sum for a frame is not ours.
func (c *Core) disputed(m int, f Frame) {
	d := &c.evidence.disputes[m]
	if !d.open && c.evidence.guilty == 0 && !c.catching() {
		*d = dispute{open: true, frame: f, since: c.watcher.polled}
	}
}

// argue tells a member what we hold, until one of three is found guilty: who
// signed twice, who signed nothing that fits, or who disagrees without a reason.
func (c *Core) argue(now time.Duration, m int, d *dispute) {
	w := &c.evidence
	if !c.takesPart(m) || w.guilty != 0 || c.sums.agreed[m] > d.frame {
		d.open = false
		return
	}
	if d.told > 0 && now-d.told < disputeAgain {
		return
	}
	d.told = now
	b := c.letter(m, letterTags)
	b.tell(uint32(d.frame))
	for s := range c.cfg.Seats {
		if c.logs[s].holder >= 0 {
			t := c.logs[s].tag(d.frame)
			b.tell(t.Short())
		}
	}
	for s := range c.cfg.Seats {
		if h, ok := c.signedAfter(s, d.frame); ok {
			b := c.letter(m, letterFull)
			b.Text = h.Append(b.Text)
		}
	}
	if now-d.since >= disputeHead {
		for s := range c.cfg.Seats {
			l := &c.logs[s]
			if d.differ&bit(s) == 0 || l.holder == c.cfg.Self || !c.takesPart(l.holder) {
				continue
			}
			if h, ok := c.signedAfter(s, d.frame); !ok || !w.holds(s, &h) {
				w.guilty |= bit(l.holder)
				w.blamedAt = now
				w.forkSeat = int8(s)
				return
			}
		}
	}
	if now-d.since >= disputeEnds {
		w.guilty |= bit(m)
		w.blamedAt = now
	}
}

// holds reports whether a head of a seat is really signed, and checks each once.
func (w *witness) holds(s int, h *evidence.Head) bool {
	if v := &w.verdicts[s]; v.frame != Frame(h.Frame) || v.tag != h.Tag {
		*v = verdict{Frame(h.Frame), h.Tag, h.Verify() == nil}
	}
	return w.verdicts[s].good
}

// signedAfter returns the newest kept head of a seat that covers a frame.
func (c *Core) signedAfter(s int, f Frame) (h evidence.Head, ok bool) {
	l := &c.logs[s]
	if l.holder < 0 {
		return h, false
	}
	for at := l.head - l.head%c.cfg.HeadEvery; at >= f && !ok; at -= c.cfg.HeadEvery {
		h, ok = c.evidence.shelf.At(s, int32(at))
	}
	return h, ok
}

// readTags takes the other side's view of a dispute.
func (c *Core) readTags(now time.Duration, from int, r *wire.Reader) {
	f := Frame(r.U32())
	differ := uint8(0)
	for s := range c.cfg.Seats {
		l := &c.logs[s]
		if l.holder < 0 {
			continue
		}
		theirs := r.U32()
		if r.Err() == nil && f > 0 && f <= c.sums.done && l.knows(f) {
			if t := l.tag(f); t.Short() != theirs {
				differ |= bit(s)
			}
		}
	}
	if r.Err() != nil || differ == 0 {
		return
	}
	c.disputed(from, f)
	c.evidence.disputes[from].differ |= differ
}

func (c *Core) readFull(now time.Duration, r *wire.Reader) {
	h := evidence.ParseHead(r)
	if r.Err() != nil {
		return
	}
	if p, ok := c.evidence.shelf.Clash(h, now); ok {
		c.convict(&p)
	}
}

func (c *Core) readProof(from int, r *wire.Reader) error {
	w := &c.evidence
	if w.proofs[from] == maxProofs {
		return nil // each costs two checks of a signature
	}
	w.proofs[from]++
	var p evidence.Proof
	if err := p.UnmarshalBinary(r.Rest()); err != nil {
		return err
	}
	m := c.memberOf(p.A.Holder)
	if m < 0 || p.A.Match != c.cfg.Match || c.evidence.proven&bit(m) != 0 {
		return nil
	}
	if err := p.Verify(); err != nil {
		return err
	}
	c.convict(&p)
	return nil
}

// ban votes against those of whom we hold a proof, so that they stay away.
func (c *Core) ban() {
	w := &c.evidence
	for m := range c.cfg.Members {
		if bit(m)&w.proven&^w.banned != 0 && !c.playing().Has(m) && !c.catching() && c.Kick(m) {
			w.banned |= bit(m)
		}
	}
}

func (c *Core) memberOf(id [32]byte) int {
	for m := range c.cfg.IDs {
		if c.cfg.IDs[m] == id {
			return m
		}
	}
	return -1
}

// convict acts on a proof, once per member.
func (c *Core) convict(p *evidence.Proof) {
	w := &c.evidence
	m := c.memberOf(p.A.Holder)
	if m < 0 || m == c.cfg.Self || w.proven&bit(m) != 0 {
		return
	}
	w.proven |= bit(m)
	w.guilty |= bit(m)
	if s := p.A.Seat; s < len(c.cfg.Seats) && c.logs[s].holder == m {
		w.forkSeat = int8(s) // it may have signed for a seat that is not its own
	}
	text, err := p.MarshalBinary()
	if err != nil {
		return
	}
	c.events = append(c.events, Caught{Member: m, Proof: *p})
	for o := range c.cfg.Members {
		if o != c.cfg.Self && o != m && c.takesPart(o) {
			b := c.letter(o, letterProof)
			b.Text = append(b.Text, text...)
		}
	}
}
