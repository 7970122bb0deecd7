package lockstep

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

// Config is what a [Core] needs to know. All members of a match agree on Seats,
// Members, MoveMin, MoveMax and CheckInterval; the rest is each one's own.
type Config struct {
	// Match is [peer.Match.ID], and IDs the members by number. They go into
	// every log's chain.
	Match [16]byte
	IDs   []peer.ID
	// Key signs what this peer writes. The zero Key signs nothing, and then all
	// members must have none: links are trusted.
	Key peer.Key
	// Late says that the match runs already: begin as a guest.
	Late bool
	// Nonce tells this process from earlier ones with the same ID; random.
	Nonce uint32
	// Tag begins each datagram; one with another tag is not ours.
	Tag wire.Tag
	// Seats[i] is the number of the member that holds seat i, -1 for none.
	Seats []int
	// Members is the number of peers, 1 to [MaxMembers]; Self is one of them.
	Members, Self int
	// MoveMin and MoveMax bound one move in bytes, 0 to [MaxMove].
	MoveMin, MoveMax int
	// Frame is the length of one frame, more than 0.
	Frame time.Duration
	// InputDelay is the fixed delay in frames, 0 to [MaxInputDelay], or the
	// first one if Adapt is set.
	InputDelay int
	Adapt      bool
	// Rollback is the prediction window in frames, 0 to [MaxRollback]; 0 is
	// plain lockstep.
	Rollback int
	// SaveEvery is how many frames lie between two states kept for a rollback:
	// 1 to [MaxSaveEvery]; 0 is 1. More saves less and steps more again.
	SaveEvery int
	// Snapshots says that the driver can obey Save and Load.
	Snapshots bool
	// Grace is for how many frames a dropped member's seats are Away before
	// they are Gone.
	Grace Frame
	// Stop says that of two members neither drops the other: both wait.
	Stop bool
	// HeadEvery is the number of frames between two signed heads; 0 is half a
	// second.
	HeadEvery Frame
	// ArchiveBytes bounds the long log for latecomers; 0 keeps none.
	ArchiveBytes int
	// CheckInterval is the number of frames between hashes; 0 takes none.
	CheckInterval int
	// DropAfter is how long a member may hold up the match, in polled time.
	DropAfter time.Duration
	// Predict appends a guess at seat's move to dst; last is its newest known
	// one, empty if it has none. It must depend on its arguments alone. nil
	// repeats last.
	Predict func(dst []byte, seat int, last []byte) []byte
}

func (cfg *Config) validate() error {
	switch {
	case len(cfg.Seats) == 0 || len(cfg.Seats) > MaxMembers:
		return fmt.Errorf("lockstep: %d seats; want 1 to %d", len(cfg.Seats), MaxMembers)
	case cfg.Members < 1 || cfg.Members > MaxMembers:
		return fmt.Errorf("lockstep: %d members; want 1 to %d", cfg.Members, MaxMembers)
	case cfg.Self < 0 || cfg.Self >= cfg.Members:
		return fmt.Errorf("lockstep: self is %d of %d members", cfg.Self, cfg.Members)
	case cfg.MoveMin < 0 || cfg.MoveMax > MaxMove || cfg.MoveMin > cfg.MoveMax:
		return fmt.Errorf("lockstep: moves of %d to %d bytes; want 0 to %d", cfg.MoveMin, cfg.MoveMax, MaxMove)
	case cfg.Frame <= 0:
		return fmt.Errorf("lockstep: a frame of %v", cfg.Frame)
	case cfg.InputDelay < 0 || cfg.InputDelay > MaxInputDelay:
		return fmt.Errorf("lockstep: input delay %d; want 0 to %d", cfg.InputDelay, MaxInputDelay)
	case cfg.Rollback < 0 || cfg.Rollback > MaxRollback:
		return fmt.Errorf("lockstep: rollback %d; want 0 to %d", cfg.Rollback, MaxRollback)
	case cfg.Rollback > 0 && !cfg.Snapshots:
		return fmt.Errorf("lockstep: rollback %d without snapshots", cfg.Rollback)
	case cfg.SaveEvery < 0 || cfg.SaveEvery > MaxSaveEvery:
		return fmt.Errorf("lockstep: saves every %d frames; want 0 to %d", cfg.SaveEvery, MaxSaveEvery)
	case len(cfg.IDs) != cfg.Members:
		return fmt.Errorf("lockstep: %d IDs of %d members", len(cfg.IDs), cfg.Members)
	case cfg.Grace < 0 || cfg.HeadEvery < 0 || cfg.ArchiveBytes < 0:
		return fmt.Errorf("lockstep: grace %d frames, heads every %d, archive of %d bytes", cfg.Grace, cfg.HeadEvery, cfg.ArchiveBytes)
	case cfg.CheckInterval < 0:
		return fmt.Errorf("lockstep: check interval %d", cfg.CheckInterval)
	case cfg.DropAfter <= 0:
		return fmt.Errorf("lockstep: drop after %v", cfg.DropAfter)
	}
	held := make([]bool, cfg.Members)
	for i, m := range cfg.Seats {
		if m < -1 || m >= cfg.Members {
			return fmt.Errorf("lockstep: seat %d is held by member %d of %d", i, m, cfg.Members)
		}
		if m >= 0 {
			held[m] = true
		}
	}
	for m, ok := range held {
		if !ok {
			return fmt.Errorf("lockstep: member %d holds no seat", m)
		}
	}
	return nil
}
