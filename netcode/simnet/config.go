package simnet

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Defaults that a zero [Config] stands for.
const (
	DefaultQueue  = 1 << 20                // bytes
	DefaultRetry  = 300 * time.Millisecond // the mesh's own ceiling
	DefaultNotice = 2 * time.Second        // of silence, as in the mesh
	DefaultBuffer = 208 << 10              // bytes, as a socket has on Linux
)

// MinQueue is the least [Config.Queue] in bytes: a few of the largest messages.
const MinQueue = 4 * peer.MaxMessage

// MinBuffer is the least [Config.Buffer] in bytes: one largest datagram.
const MinBuffer = peer.MaxDatagram + Overhead

// Overhead is what each packet costs on the line beside its payload, in bytes:
// the IP, UDP, DTLS and SCTP headers of a WebRTC data channel.
const Overhead = 95

// AtOnce is the [Config.Notice] of links that know at once.
const AtOnce time.Duration = -1

// Config tunes a [Net]. The zero value works: a perfect network.
type Config struct {
	// Seed rules all chance. Every direction between two peers draws from dice
	// of its own, so what one pair sends never changes the luck of another.
	Seed uint64
	// Weather is what every direction meets until [Net.Shape] changes it.
	Weather weather.Weather
	// Queue is how many bytes one direction of one channel holds that are sent
	// and have not arrived, headers included; beyond it Send returns
	// [peer.ErrFull]. 0 is [DefaultQueue]; at least [MinQueue].
	Queue int
	// Retry is how long a reliable channel waits before it sends a lost packet
	// again; it never waits less than the round trip of the present weather. 0
	// is [DefaultRetry]; at most a minute.
	Retry time.Duration
	// Notice is how long the others go on taking a peer for linked after
	// [Net.Crash] or a cut, because silence is all they see of it. 0 is
	// [DefaultNotice]; at most an hour; [AtOnce] tells them at once.
	Notice time.Duration
	// Buffer is how many bytes of moves wait for one peer that is frozen, from
	// all senders together and headers included; what comes beyond is lost. 0 is
	// [DefaultBuffer]; at least [MinBuffer].
	Buffer int
	// Tap sees each packet at each turn of its fate. nil is nobody.
	Tap func(Packet)
}

// Validate reports the first field that is out of range, with its value and
// what it may be; nil if none is. It never changes cfg.
func (cfg Config) Validate() error {
	switch {
	case cfg.Queue != 0 && cfg.Queue < MinQueue:
		return fmt.Errorf("simnet: Config.Queue is %d bytes; want 0 (choose well) or at least %d", cfg.Queue, MinQueue)
	case cfg.Retry < 0 || cfg.Retry > time.Minute:
		return fmt.Errorf("simnet: Config.Retry is %v; want 0 (choose well) to %v", cfg.Retry, time.Minute)
	case cfg.Notice != AtOnce && (cfg.Notice < 0 || cfg.Notice > time.Hour):
		return fmt.Errorf("simnet: Config.Notice is %v; want AtOnce, 0 (choose well) or at most %v", cfg.Notice, time.Hour)
	case cfg.Buffer != 0 && cfg.Buffer < MinBuffer:
		return fmt.Errorf("simnet: Config.Buffer is %d bytes; want 0 (choose well) or at least %d", cfg.Buffer, MinBuffer)
	}
	if err := cfg.Weather.Validate(); err != nil {
		return fmt.Errorf("simnet: Config.Weather: %w", err)
	}
	return nil
}

// resolve puts the defaults in. cfg is valid.
func (cfg Config) resolve() Config {
	if cfg.Queue == 0 {
		cfg.Queue = DefaultQueue
	}
	if cfg.Retry == 0 {
		cfg.Retry = DefaultRetry
	}
	if cfg.Buffer == 0 {
		cfg.Buffer = DefaultBuffer
	}
	switch cfg.Notice {
	case 0:
		cfg.Notice = DefaultNotice
	case AtOnce:
		cfg.Notice = 0
	}
	return cfg
}
