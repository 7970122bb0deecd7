package netcode_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// meddler is a game whose Step calls the session.
type meddler struct {
	yard
	step func()
}

func (g *meddler) Step(in netcode.Input[keys]) {
	g.yard.Step(in)
	if g.step != nil {
		g.step()
	}
}

// TestWithinStep: the game's own methods may call the session's, Leave included.
func TestWithinStep(t *testing.T) {
	now := time.Duration(0)
	g := &meddler{}
	s := netcode.Local[keys](g, 1, netcode.Config{Clock: func() time.Duration { return now }})
	events, given := 0, 0
	g.step = func() {
		if st := s.Stats(); st.Phase > netcode.Running || s.Err() != nil {
			t.Errorf("within Step: %v, %v", st.Phase, s.Err())
		}
		for range s.Events() {
			events++
		}
		if s.Order(0, []byte("from within")) == nil {
			given++
		}
		if g.frame == 50 {
			s.Leave()
		}
	}
	var err error
	for range 60 {
		err = s.Tick(keys{Left: true})
		now += time.Second / 60
	}
	if !errors.Is(err, netcode.ErrClosed) || s.Stats().Phase != netcode.Over || g.frame != 50 {
		t.Errorf("after Leave within frame 50: %v, %v, frame %d", err, s.Stats().Phase, g.frame)
	}
	if events != 1 || given < 45 || g.yard.orders[0] < 40 {
		t.Errorf("%d events, %d orders given, %d came", events, given, g.yard.orders[0])
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestCloseDuringTick: Close comes from several goroutines while a step runs. It
// waits for the step to end, and then everything is over.
func TestCloseDuringTick(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	g := &meddler{}
	s := netcode.Local[keys](g, 1, netcode.Config{})
	var once sync.Once
	g.step = func() {
		once.Do(func() {
			close(entered)
			<-release
		})
	}
	ticked := make(chan error)
	go func() { ticked <- s.Tick(keys{}) }()
	<-entered
	if st := s.Stats(); st.Phase > netcode.Running || s.Err() != nil {
		t.Errorf("during the step: %v, %v", st.Phase, s.Err())
	}
	var closers sync.WaitGroup
	for range 3 {
		closers.Go(func() {
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if phase := s.Stats().Phase; phase != netcode.Over {
				t.Errorf("after Close: %v", phase)
			}
		})
	}
	s.Leave() // returns though the step runs
	close(release)
	if err := <-ticked; err != nil && !errors.Is(err, netcode.ErrClosed) {
		t.Errorf("the Tick: %v", err)
	}
	closers.Wait()
	if err := s.Tick(keys{}); !errors.Is(err, netcode.ErrClosed) || g.frame == 0 {
		t.Errorf("Tick after Close: %v, frame %d", err, g.frame)
	}
}

// TestStrangersFloodBeforeTheMatch: what a stranger sends while the match is not
// fixed takes no room from the greetings of those who will play.
func TestStrangersFloodBeforeTheMatch(t *testing.T) {
	m := newMatch(t, 1, 2, rough, netcode.Config{})
	late := &gate{match: m.match}
	p := m.players[1]
	p.sess = netcode.New(p.game, m.net.Link(p.id), late, netcode.Config{Clock: m.net.Now})
	stranger := m.net.Link(peer.ID{9})
	for range 500 {
		stranger.Send(p.id, peer.Control, make([]byte, 1000))
	}
	m.net.RunFor(2 * time.Second)
	if phase := p.sess.Stats().Phase; phase != netcode.Forming {
		t.Fatalf("phase %v", phase)
	}
	if n := m.net.Count(peer.ID{9}, p.id, peer.Control).Delivered; n < 400 {
		t.Fatalf("only %d messages of the flood came", n)
	}
	late.open = true
	m.net.RunFor(300 * time.Millisecond)
	if phase := p.sess.Stats().Phase; phase != netcode.Running {
		t.Errorf("300 ms after the match was fixed: %v", phase)
	}
	m.runTo(t, 120, 10*time.Second)
	m.mustAgree(t, 120)
}

// gate is a Starter whose match is fixed once it opens.
type gate struct {
	match peer.Match
	open  bool
}

func (g *gate) Match() (peer.Match, bool) { return g.match, g.open }
