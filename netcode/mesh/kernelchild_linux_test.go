package mesh

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab/kernel"
)

// kernelFlag makes this test's binary one of the programs below.
const kernelFlag = "-mesh.kernel"

const kernelSecret = "the secret of the town"

// The package's TestMain is for tests, so the programs take over before it.
func init() {
	if len(os.Args) < 3 || os.Args[1] != kernelFlag {
		return
	}
	run := map[string]func() error{"serve": kernelServe, "play": kernelPlay}[os.Args[2]]
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// kernelMessage goes between a player's process and the test, a line each: a
// letter to or from a player, or (from the player) its paths.
type kernelMessage struct {
	Who    int
	Letter []byte
	Paths  map[int]kernelPath `json:",omitempty"`
}

// kernelServe answers STUN on both addresses of the internet and relays.
func kernelServe() error {
	s, err := stunturn.Listen(fmt.Sprintf("%v:3478", kernel.Server), stunturn.Config{Also: []string{fmt.Sprintf("%v:3478", kernel.Server2)}})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Relay(stunturn.TurnConfig{Secret: []byte(kernelSecret)}); err != nil {
		return err
	}
	fmt.Println("up")
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // until the test closes it
	return nil
}

// kernelSeat is a Signaler whose letters go by pipes.
type kernelSeat struct {
	key  peer.Key
	all  []peer.ID
	urls []string

	mu     sync.Mutex
	out    *json.Encoder
	signal func(peer.ID, []byte)
}

func (s *kernelSeat) Self() peer.ID            { return s.key.ID() }
func (s *kernelSeat) State(peer.ID) peer.State { return peer.Linked }
func (s *kernelSeat) RoomID() string           { return "kernel" }
func (s *kernelSeat) Members() []peer.ID       { return slices.Clone(s.all) }
func (s *kernelSeat) Sign(msg []byte) []byte   { return s.key.Sign(msg) }
func (s *kernelSeat) ICEServers() []string     { return s.urls }
func (s *kernelSeat) Attach(peer.Link)         {}

func (s *kernelSeat) Bind(ch peer.Channel, recv func(peer.ID, []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch == peer.Signal {
		s.signal = recv
	}
}

func (s *kernelSeat) Send(to peer.ID, ch peer.Channel, b []byte) error {
	i := slices.Index(s.all, to)
	if ch != peer.Signal || i < 0 {
		return peer.ErrNotLinked
	}
	return s.tell(kernelMessage{Who: i, Letter: b})
}

func (s *kernelSeat) tell(m kernelMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Encode(m)
}

// kernelPlay is one player: it sends moves to all others, and tells how it
// reaches them.
func kernelPlay() error {
	number, err := strconv.Atoi(os.Args[3])
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		return err
	}
	s := &kernelSeat{key: testKey(byte(number)), urls: os.Args[5:], out: json.NewEncoder(os.Stdout)}
	for i := range count {
		s.all = append(s.all, testKey(byte(i)).ID())
	}
	m := New(s, Config{})
	defer m.Close()
	if err := m.Err(); err != nil {
		return err
	}
	var mu sync.Mutex
	heard := map[peer.ID]int{}
	m.Bind(peer.Moves, func(from peer.ID, _ []byte) {
		mu.Lock()
		defer mu.Unlock()
		heard[from]++
	})
	end := make(chan struct{})
	go func() {
		defer close(end)
		for in := json.NewDecoder(os.Stdin); ; {
			var l kernelMessage
			if in.Decode(&l) != nil {
				return
			}
			s.mu.Lock()
			recv := s.signal
			s.mu.Unlock()
			if recv != nil {
				recv(s.all[l.Who], l.Letter)
			}
		}
	}()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-end:
			return nil
		case <-tick.C:
		}
		paths := map[int]kernelPath{}
		for i, id := range s.all {
			if i == number {
				continue
			}
			_ = m.Send(id, peer.Moves, []byte("a move")) // not linked yet, maybe
			p := m.Path(id)
			mu.Lock()
			paths[i] = kernelPath{
				Linked: p.State == peer.Linked, Direct: p.Direct, RelayedBy: slices.Index(s.all, p.RelayedBy),
				Local: p.Local.String(), Remote: p.Remote.String(), Heard: heard[id],
			}
			mu.Unlock()
		}
		if err := s.tell(kernelMessage{Paths: paths}); err != nil {
			return nil // the test has gone
		}
	}
}
