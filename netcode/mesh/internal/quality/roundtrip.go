package quality

import "time"

// FirstTrips is how many round trips are taken before the average is trusted.
const FirstTrips = 4

// roundTrip is smoothed as TCP does it (RFC 6298), but of the first samples the
// smallest counts: they are taken while both ends are busy with handshakes.
type roundTrip struct {
	mean, deviation, last time.Duration
	at                    time.Duration // of the newest sample; 0 is never
	first                 int           // how many of FirstTrips there were
}

func (r *roundTrip) sample(now, rtt time.Duration) {
	switch {
	case r.first < FirstTrips:
		if r.first == 0 || rtt < r.mean {
			r.mean = rtt
		}
		// Not half the round trip, as for a time-out that must not be too short:
		// this is to say how much the path swings.
		r.deviation = (r.deviation*time.Duration(r.first) + rtt - r.mean) / time.Duration(r.first+1)
		r.first++
	default:
		r.deviation += ((rtt - r.mean).Abs() - r.deviation) / 4
		r.mean += (rtt - r.mean) / 8
	}
	r.last, r.at = rtt, max(now, 1)
}
