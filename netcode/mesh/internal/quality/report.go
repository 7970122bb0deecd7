package quality

import "time"

// Million is the whole of a share.
const Million = 1_000_000

// Report is what a [Meter] knows. Shares are in millionths of the datagrams of
// the last [Window]; times of 0 were not measured.
type Report struct {
	// RTT is the smoothed round trip, RTTLast the newest one, RTTMin the least
	// within Window.
	RTT, RTTLast, RTTMin time.Duration
	// RTTDeviation is the smoothed mean deviation of the round trip.
	RTTDeviation time.Duration
	// Jitter is by how much datagrams come earlier or later than the one before
	// them lets expect, smoothed as RFC 3550 does it.
	Jitter time.Duration
	// Judged is how many datagrams the shares are of.
	Judged int
	// Loss is the share that had not come when one sent [Behind] later had;
	// Repaired the part of these that came after all.
	Loss, Repaired uint32
	// Burst is the mean number of datagrams lost in a row, in hundredths: the
	// estimate of a Gilbert model's mean stay in its bad state. 0 without loss.
	Burst int
	// Reordered is the share that was overtaken, Duplicate that of second copies.
	Reordered, Duplicate uint32
}

// Report returns what is known at now.
func (m *Meter) Report(now time.Duration) Report {
	m.turn(now)
	var sum slot
	for i := range m.slots {
		s := &m.slots[i]
		sum.judged += s.judged
		sum.lost += s.lost
		sum.runs += s.runs
		sum.repaired += s.repaired
		sum.reordered += s.reordered
		sum.duplicate += s.duplicate
		if s.least != 0 && (sum.least == 0 || s.least < sum.least) {
			sum.least = s.least
		}
	}
	r := Report{
		RTT: m.rtt.mean, RTTLast: m.rtt.last, RTTMin: sum.least, RTTDeviation: m.rtt.deviation, Jitter: m.jitter,
		Judged: sum.judged,
		Loss:   share(sum.lost, sum.judged), Repaired: share(sum.repaired, sum.judged),
		Reordered: share(sum.reordered, sum.judged), Duplicate: share(sum.duplicate, sum.judged),
	}
	if sum.lost > 0 {
		r.Burst = 100 * sum.lost / max(sum.runs, 1)
	}
	return r
}

func share(n, of int) uint32 {
	if of == 0 {
		return 0
	}
	return uint32(min(Million, int64(n)*Million/int64(of))) // an int may have 32 bits
}

// Tolerated is how often a move may come too late at the recommended delay, in
// millionths: once in 1,000.
const Tolerated = 1000

// MaxDelay is the largest delay that is recommended, in frames.
const MaxDelay = 60

// Delay recommends an input delay in frames at so many frames per second, so
// that the others have a move when its frame comes:
//
//	frames = ceil((RTT/2 + 3 * Jitter) * rate) + repeats
//
// RTT/2 is the way there. Jitter is a mean; for delays spread evenly it is a
// third of the spread, so three times as much covers it. repeats is how many
// datagrams in a row are lost more often than [Tolerated], by Loss and Burst:
// each datagram repeats the moves that are not acknowledged, so a loss costs the
// frames until one comes through. 0 if the round trip is not known.
func (r Report) Delay(rate int) int {
	if r.RTT == 0 || rate <= 0 {
		return 0
	}
	way := min(r.RTT, time.Minute)/2 + 3*min(r.Jitter, time.Minute) // no more than can be multiplied
	frames := min(int((int64(way)*int64(rate)+int64(time.Second)-1)/int64(time.Second)), MaxDelay)
	return min(frames+r.repeats(), MaxDelay)
}

// maxRepeats is a quarter of a second at 60 Hz: what takes longer is an outage,
// which no delay bridges.
const maxRepeats = 15

// repeats returns the largest n such that n datagrams in a row are lost with a
// chance above Tolerated: the first with chance Loss, each further with
// 1 - 1/burst if bursts are longer than chance makes them. At most maxRepeats.
func (r Report) repeats() int {
	chance := uint64(r.Loss)
	stay := uint64(r.Loss) // of the next one after a lost one, in millionths
	if r.Burst > 100 {
		stay = max(stay, uint64(Million-Million*100/r.Burst))
	}
	n := 0
	for chance > Tolerated && n < maxRepeats {
		n++
		chance = chance * stay / Million
	}
	return n
}
