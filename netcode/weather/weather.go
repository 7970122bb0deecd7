package weather

import (
	"fmt"
	"time"
)

// DefaultHold is the [Weather.Hold] that zero stands for: at 60 packets per
// second two later ones overtake a packet that is held back.
const DefaultHold = 40 * time.Millisecond

// DefaultQueue is the [Weather.Queue] that zero stands for: the usual depth of
// a home router's buffer.
const DefaultQueue = 200 * time.Millisecond

// Limits of [Weather].
const (
	// MaxDelay is the largest Latency, Jitter, Hold or Queue.
	MaxDelay = time.Minute
	// MaxBurst is the largest BurstLength in packets.
	MaxBurst = 10_000
)

// Weather is what one direction of a path does to packets. The zero value is a
// perfect network: everything arrives once, in order, at once. It is a plain
// value; copy and compare it freely.
//
// A packet meets the parts in this order: it waits for the line (Rate, Queue),
// it may be lost (Burst, Loss), it travels (Latency, Jitter), it may be held
// back (Reorder, Hold) and it may arrive twice (Duplicate).
type Weather struct {
	// Latency is the least time a packet travels, one way. 0 to [MaxDelay].
	Latency time.Duration
	// Jitter is the most that a packet may take on top of Latency, uniform from
	// 0. It never reorders: like a router's queue it makes later packets wait
	// behind earlier ones. 0 to [MaxDelay].
	Jitter time.Duration
	// Loss is the share of packets lost independently of each other, on top of
	// what bursts take.
	Loss Share
	// BurstShare is the long-run share of packets lost in bursts (the
	// Gilbert-Elliott model: a good state that loses Loss, a bad one that loses
	// all). 0 is no bursts.
	BurstShare Share
	// BurstLength is the mean number of packets in a row that a burst takes. 0
	// exactly when BurstShare is 0, else 1 to [MaxBurst]. The gaps that belong
	// to it must be possible: BurstShare <= BurstLength/(BurstLength+1).
	BurstLength int
	// Reorder is the share of packets held back by Hold, so that later ones
	// overtake them.
	Reorder Share
	// Hold is how much later a packet arrives that is held back. 0 is
	// [DefaultHold]; at most [MaxDelay].
	Hold time.Duration
	// Duplicate is the share of packets that arrive twice. The second copy has
	// its own jitter and is never earlier than the first.
	Duplicate Share
	// Rate is what the line carries in bytes per second. 0 is no limit.
	Rate int
	// Queue is how long a packet may wait for the line; one that would wait
	// longer is lost. 0 is [DefaultQueue]; at most [MaxDelay]. Without Rate
	// nothing waits.
	Queue time.Duration
}

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes w.
func (w Weather) Validate() error {
	for _, f := range [...]struct {
		name string
		v    time.Duration
	}{{"Latency", w.Latency}, {"Jitter", w.Jitter}, {"Hold", w.Hold}, {"Queue", w.Queue}} {
		if f.v < 0 || f.v > MaxDelay {
			return fmt.Errorf("weather: %s is %v; want 0 to %v", f.name, f.v, MaxDelay)
		}
	}
	for _, f := range [...]struct {
		name string
		v    Share
	}{{"Loss", w.Loss}, {"BurstShare", w.BurstShare}, {"Reorder", w.Reorder}, {"Duplicate", w.Duplicate}} {
		if f.v > Whole {
			return fmt.Errorf("weather: %s is %d millionths; want 0 to %d, the whole", f.name, uint32(f.v), uint32(Whole))
		}
	}
	switch {
	case w.BurstLength < 0 || w.BurstLength > MaxBurst:
		return fmt.Errorf("weather: BurstLength is %d packets; want 0 to %d", w.BurstLength, MaxBurst)
	case (w.BurstLength == 0) != (w.BurstShare == 0):
		return fmt.Errorf("weather: BurstShare is %v and BurstLength is %d packets; want both or neither", w.BurstShare, w.BurstLength)
	case uint64(w.BurstShare) > w.gap():
		return fmt.Errorf("weather: bursts of %d packets cannot take %v of all; want longer bursts or a smaller share", w.BurstLength, w.BurstShare)
	case w.Rate < 0:
		return fmt.Errorf("weather: Rate is %d bytes/s; want 0 (no limit) or more", w.Rate)
	}
	return nil
}

// gap is the denominator of the chance BurstShare/gap that a packet in the good
// state starts a burst. It follows from two equations: bursts end with chance
// 1/BurstLength, and the bad state holds BurstShare of all packets.
func (w Weather) gap() uint64 { return uint64(Whole-w.BurstShare) * uint64(w.BurstLength) }
