package netcode_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// scroll is a move of variable length. The first byte counts, the last 0xee is
// refused by DecodeMove.
type scroll struct {
	n    int
	text [255]byte
}

var errScroll = errors.New("a scroll that ends in 0xee")

func (s *scroll) AppendMove(dst []byte) []byte { return append(dst, s.text[:s.n]...) }

func (s *scroll) DecodeMove(src []byte) error {
	s.n = copy(s.text[:], src)
	if src[len(src)-1] == 0xee {
		return errScroll
	}
	return nil
}

// library is a game of scrolls: all that was ever written, hashed by frame.
type library struct {
	sum    uint64
	hashes []uint64
	zero   int // moves that were the zero move though their player plays
	sizes  map[int]bool
	orders []string // as seat:text, in order
	byHand [peer.MaxSeats]int
}

func (l *library) Start(m peer.Match) { *l = library{sum: m.Seed, sizes: map[int]bool{}} }

func (l *library) Step(in netcode.Input[scroll]) {
	l.hashes = append(l.hashes, l.sum)
	for i, s := range in.Seats {
		if s.Move.n == 0 && s.Status == netcode.Playing {
			l.zero++
		}
		l.sizes[s.Move.n] = true
		l.sum = l.sum*31 + xxhash.Sum64(s.Move.text[:s.Move.n]) + uint64(s.Status)
		for _, o := range s.Orders {
			l.sum = l.sum*31 + xxhash.Sum64(o)
			l.orders = append(l.orders, fmt.Sprintf("%d:%d bytes %x", i, len(o), xxhash.Sum64(o)))
			l.byHand[i]++
		}
	}
}

func (l *library) Hash() uint64 { return l.sum }

// TestLargeMoves: eight players at 300 ms whose moves take 255 bytes, so that a
// datagram of 1,100 bytes holds four of them where twenty are under way, and
// orders on top. The tap proves that no datagram is larger.
func TestLargeMoves(t *testing.T) {
	for _, c := range []struct {
		name    string
		players int
		seats   int // of each player
		low     int // smallest move in bytes
		frames  netcode.Frame
		limit   time.Duration
	}{
		{"8 players", 8, 1, 250, 300, 20 * time.Second},
		{"8 players, all sizes", 8, 1, 1, 300, 20 * time.Second},
		{"2 players with 2 seats", 2, 2, 250, 300, 20 * time.Second},
		{"2 players with 4 seats", 2, 4, 255, 120, time.Minute}, // more than a datagram in each frame: slow, but it goes on
	} {
		t.Run(c.name, func(t *testing.T) {
			seeds.Each(t, 2, func(t *testing.T, seed uint64) { testLargeMoves(t, seed, c.players, c.seats, c.low, c.frames, c.limit) })
		})
	}
}

func testLargeMoves(t *testing.T, seed uint64, players, each, low int, frames netcode.Frame, limit time.Duration) {
	largest := 0
	net := simnet.New(simnet.Config{Seed: seed, Weather: weather.Weather{Latency: 150 * time.Millisecond, Loss: weather.Percent(2)}, Tap: func(p simnet.Packet) {
		if p.Channel == peer.Moves {
			largest = max(largest, len(p.Data))
		}
	}})
	var seats []peer.ID
	for i := range players * each {
		seats = append(seats, playerID(i/each))
	}
	match := peer.NewMatch(seed, seats, nil)
	games, sessions := make([]*library, players), make([]*netcode.Session[scroll], players)
	given := make([]int, players)
	dice := weather.NewDice(seed)
	for i := range players {
		games[i] = &library{}
		sessions[i] = netcode.New(games[i], net.Link(playerID(i)), netcode.Ready(match), netcode.Config{Clock: net.Now})
	}
	confirmed := func() netcode.Frame {
		f := netcode.Frame(1 << 30)
		for _, s := range sessions {
			f = min(f, s.Stats().Confirmed)
		}
		return f
	}
	moves := make([]scroll, each)
	for confirmed() < frames && net.Now() < limit {
		for i, s := range sessions {
			for k := range moves {
				moves[k].n = low + int(dice.Below(uint64(256-low)))
				binary.LittleEndian.PutUint64(moves[k].text[:], dice.Uint64())
				moves[k].text[moves[k].n-1] = byte(dice.Below(2)) * 0xee
			}
			if err := s.Tick(moves...); err != nil {
				t.Fatal(err)
			}
			if st := s.Stats(); st.Phase == netcode.Running && st.Frame < frames/4 && given[i] < 4 {
				if s.Order(i*each, bytes.Repeat([]byte{byte(given[i] + 1)}, 1+100*given[i])) == nil {
					given[i]++
				}
			}
		}
		net.RunFor(time.Second / 60)
	}
	if confirmed() < frames {
		t.Fatalf("only %d of %d frames in %v", confirmed(), frames, limit)
	}
	missing := func() bool {
		for i := range players {
			if games[0].byHand[i*each] < given[i] {
				return true
			}
		}
		return false
	}
	for end := net.Now() + 20*time.Second; net.Now() < end && missing(); {
		for _, s := range sessions {
			s.Tick(moves...)
		}
		net.RunFor(time.Second / 60)
	}
	t.Logf("%d frames in %v, delay %d, datagrams up to %d bytes, %v", confirmed(), net.Now(), sessions[0].Stats().InputDelayFrames, largest, games[0].byHand)
	if largest > peer.MaxDatagram || largest < peer.MaxDatagram/2 {
		t.Errorf("the largest datagram has %d bytes", largest)
	}
	for i, g := range games {
		if !slices.Equal(g.hashes[:frames], games[0].hashes[:frames]) {
			t.Errorf("player %d saw another match", i)
		}
		if g.zero < int(frames) {
			t.Errorf("player %d: only %d refused moves became the zero move", i, g.zero)
		}
		n := min(len(g.orders), len(games[0].orders))
		if !slices.Equal(g.orders[:n], games[0].orders[:n]) {
			t.Errorf("player %d got other orders", i)
		}
		if st := sessions[i].Stats(); st.Desynced || st.Checks == 0 || st.BadMessages > 0 {
			t.Errorf("player %d: %v", i, st)
		}
	}
	for i := range players {
		if games[0].byHand[i*each] < given[i] || given[i] < 4 {
			t.Errorf("%d of %d orders of player %d came", games[0].byHand[i*each], given[i], i)
		}
	}
}

// TestMoveRefused: a codec that writes nothing or too much ends its own session
// with an error that says so, and the others are told that it left.
func TestMoveRefused(t *testing.T) {
	net := simnet.New(simnet.Config{Weather: rough})
	match := peer.NewMatch(1, []peer.ID{playerID(0), playerID(1)}, nil)
	var sessions [2]*netcode.Session[scroll]
	for i := range sessions {
		sessions[i] = netcode.New(&library{}, net.Link(playerID(i)), netcode.Ready(match), netcode.Config{Clock: net.Now})
	}
	full, none := scroll{n: 10}, scroll{}
	var errs [2]error
	for tick := range 240 {
		move := full
		if tick >= 120 {
			move = none
		}
		errs[0], errs[1] = sessions[0].Tick(full), sessions[1].Tick(move)
		net.RunFor(time.Second / 60)
	}
	if errs[1] == nil || errs[1].Error() != "netcode: AppendMove wrote 0 bytes; want 1 to 255" {
		t.Errorf("an empty move: %v", errs[1])
	}
	left := false
	for e := range sessions[0].Events() {
		if l, ok := e.(netcode.Left); ok && l.Peer == playerID(1) && l.Reason == netcode.LeftByChoice {
			left = true
		}
	}
	if st := sessions[0].Stats(); errs[0] != nil || !left || st.Seat[1].Status != netcode.Gone || st.Confirmed < 200 {
		t.Errorf("the other: %v, left %v, %v", errs[0], left, st)
	}
}
