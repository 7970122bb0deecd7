package datagram

import "time"

const (
	// Where at least lossy of what we send is lost datagrams have spares, until it
	// is less than calm; in thousandths, and as many times as much as are lost in a row.
	lossy, calm = 20, 10
	// few and lots are how many of a hundred datagrams have a spare: lots where the
	// losses come in bursts of half as many again as chance makes them. Beyond these
	// there may be some saved for a flurry. With pings and all there are less than
	// 1.8 packets per datagram.
	few, lots, saved = 40, 60, 12
	bursty           = 150 // mean number lost in a row, in hundredths
	// flurry is how many spares a datagram gets at once when the other end misses
	// several: while a burst lasts, each packet more may end it. hoard is how many
	// may be saved up for that.
	flurry, hoard = 4, 9
	// missing is a silence at the other end that says that at least one datagram of
	// a flow at 60 Hz, and its spare, was lost.
	missing = 24 * time.Millisecond
)

// Spares says which datagrams are sent more than once. The next datagram repeats
// what one that is lost carried, but a frame later; a spare comes in time. Losses
// come in bursts (Gilbert 1960), so three datagrams in a row are lost far more often
// than chance would have it, and more packets in the same time help.
//
// The zero Spares sends none. Not safe for concurrent use.
type Spares struct {
	every int // so many of a hundred have one; 0 is off
	owed  int // of these, in hundredths
	saved int // for flurries, in hundredths
}

// Told: the other end says that this share of what we sent, in thousandths, did not
// come, and so many in a row on average, in hundredths. congested says that what we send waits on the way: then packets more
// would only make it worse.
func (s *Spares) Told(loss, burst int, congested bool) {
	weight := loss * max(burst, 100) / 100
	switch {
	case congested || weight < calm:
		*s = Spares{}
	case weight >= lossy && burst < bursty:
		s.every = few
	case weight >= lossy:
		s.every = lots
	}
}

// Next returns how many spares the next datagram gets. silent is how long the other
// end had not heard us, by the last word that came from it.
func (s *Spares) Next(silent time.Duration) (n int) {
	if s.every == 0 {
		return 0
	}
	s.saved = min(s.saved+saved, hoard*100)
	if s.owed += s.every; s.owed >= 100 {
		s.owed -= 100
		n = 1
	}
	for silent >= missing && n < flurry && s.saved >= 100 {
		s.saved -= 100
		n++
	}
	return n
}
