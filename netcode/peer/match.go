package peer

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// MaxSeats is the largest number of seats a match can have.
const MaxSeats = 8

// MaxSettings is the largest size of [Match.Settings] in bytes.
const MaxSettings = 16 << 10

// Match is what all peers of one match agree on before frame 0. It is the same
// value on every machine, and the root of every log. Treat it as read-only once
// it is made.
type Match struct {
	// ID names the match; two matches never share one. [NewMatch] derives it
	// from everything below, so peers that disagree on any of it hold
	// different IDs and refuse each other.
	ID [16]byte
	// Seed feeds the game's random numbers.
	Seed uint64
	// Seats says which peer holds seat i: 1 to [MaxSeats] entries. The zero ID
	// is an empty seat (a bot's, say); one peer may hold several seats, as when
	// two players share a keyboard.
	Seats []ID
	// Settings is the game's own: map, mode, rules. At most [MaxSettings]
	// bytes; nil is none.
	Settings []byte
}

// NewMatch returns the match over these values with the ID that belongs to
// them: the first 16 bytes of a SHA-256 over a length-prefixed encoding. Seats
// and settings are copied.
func NewMatch(seed uint64, seats []ID, settings []byte) Match {
	m := Match{Seed: seed, Seats: slices.Clone(seats), Settings: slices.Clone(settings)}
	h := sha256.New()
	h.Write([]byte("tutti match v1\x00"))
	var n [8]byte
	put := func(v uint64) {
		binary.LittleEndian.PutUint64(n[:], v)
		h.Write(n[:])
	}
	put(seed)
	put(uint64(len(seats)))
	for _, id := range seats {
		h.Write(id[:])
	}
	put(uint64(len(settings)))
	h.Write(settings)
	m.ID = [16]byte(h.Sum(nil))
	return m
}

// Validate reports what makes m unplayable, nil if nothing does. It never
// changes m.
func (m Match) Validate() error {
	switch {
	case m.ID == [16]byte{}:
		return fmt.Errorf("peer: the match has a zero ID; make it with NewMatch")
	case len(m.Seats) == 0 || len(m.Seats) > MaxSeats:
		return fmt.Errorf("peer: the match has %d seats; want 1 to %d", len(m.Seats), MaxSeats)
	case len(m.Settings) > MaxSettings:
		return fmt.Errorf("peer: the match settings take %d bytes; at most %d", len(m.Settings), MaxSettings)
	}
	return nil
}

// Peers returns each peer that holds a seat once, in the order of its first
// seat, so it is the same list on every machine.
func (m Match) Peers() []ID {
	peers := make([]ID, 0, len(m.Seats))
	for _, id := range m.Seats {
		if !id.IsZero() && !slices.Contains(peers, id) {
			peers = append(peers, id)
		}
	}
	return peers
}

// SeatsOf returns the numbers of the seats that id holds, ascending; nil if it
// holds none.
func (m Match) SeatsOf(id ID) []int {
	var seats []int
	for i, holder := range m.Seats {
		if holder == id {
			seats = append(seats, i)
		}
	}
	return seats
}
