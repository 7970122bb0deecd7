package simnet_test

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/simnet"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// everything is a scenario with one of each, in its own words.
const everything = `# All there is,
#
# in one run.
seed 18446744073709551615
players 4
length 1m0.5s
weather latency=1.5ms jitter=2ns loss=0.0001% burst=12.3% burstlength=4 reorder=100% hold=1m0s duplicate=1% rate=1000 queue=250ms
weather 1>2 storm
weather 2>1 clear
at 0s drift 4 -100000
at 1s cut 1 2
at 1s cut 4>3
at 1.000000001s heal 2 1
at 2s heal all
at 3s split 1
at 3s split 1,2 2,3,4 4
at 4s shape 1>4 3g
at 5s freeze 1
at 6s suspend 1
at 7s thaw 1
at 8s crash 3
at 9s do nothing
at 1m0.5s do join 4 #
at 1m0.5s do join 4 näh=1>2 -
`

func TestParseReadsWhatStringWrites(t *testing.T) {
	// The one # is a comment, and goes.
	want := strings.Replace(everything, " #\n", "\n", 1)
	s, err := simnet.Parse(everything)
	must(t, err)
	if s.String() != want {
		t.Errorf("it became\n%s", s)
	}
	again, err := simnet.Parse(s.String())
	must(t, err)
	if !reflect.DeepEqual(s, again) {
		t.Errorf("%+v\n%+v", s, again)
	}
	must(t, s.Validate())
	if s.Note != "All there is,\n\nin one run." || s.Seed != 1<<64-1 || s.Players != 4 || len(s.Paths) != 2 {
		t.Errorf("%+v", s)
	}
	w := weather.Weather{
		Latency: 1500 * time.Microsecond, Jitter: 2, Loss: 1, BurstShare: 123_000, BurstLength: 4, Reorder: weather.Whole,
		Hold: time.Minute, Duplicate: weather.Percent(1), Rate: 1000, Queue: 250 * ms,
	}
	if s.Weather != w || s.Paths[0] != (simnet.Shape{From: 1, To: 2, Weather: weather.Storm()}) {
		t.Errorf("%+v", s)
	}
	if got := s.Events[6].Action; !reflect.DeepEqual(got, simnet.Split{Groups: [][]int{{1, 2}, {2, 3, 4}, {4}}}) {
		t.Errorf("%+v", got)
	}
	if got := s.Events[len(s.Events)-1]; !reflect.DeepEqual(got, simnet.Event{At: s.Length, Action: simnet.Do{Name: "join", Args: []string{"4", "näh=1>2", "-"}}}) {
		t.Errorf("%+v", got)
	}

	// Preset and numbers, comments and blanks, and no seed.
	s, err = simnet.Parse("\n  players\t2 # two\nweather WiFi loss=7%\n# not at the top\n at 5ms  heal all\r\n")
	must(t, err)
	w = weather.WiFi()
	w.Loss = weather.Percent(7)
	if !reflect.DeepEqual(s, simnet.Scenario{Players: 2, Weather: w, Events: []simnet.Event{{At: 5 * ms, Action: simnet.HealAll{}}}}) {
		t.Errorf("%+v", s)
	}
}

func TestParseErrorsNameTheLine(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
		want string // part of the message
	}{
		{"", 1, "how many players"},
		{"seed 1\n\n", 2, "how many players"},
		{"players 0", 1, "0 players"},
		{"players 65", 1, "65 players"},
		{"players two", 1, "invalid"},
		{"players 2 3", 1, "2 values"},
		{"players 2\nplayers 2", 2, "twice"},
		{"seed -1", 1, "invalid"},
		{"length 0s", 1, "more than 0"},
		{"length 5", 1, "unit"},
		{"player 2", 1, `"player" starts no line`},
		{"weather", 1, "no weather"},
		{"weather fog", 1, "fog"},
		{"weather wifi 4g", 1, `"4g"`},
		{"weather wifi loss=1% loss=1%", 1, `"loss=1%"`},
		{"weather wifi loss=1", 1, `"1" is not a share`},
		{"weather wifi loss=101%", 1, "share"},
		{"weather wifi loss=1.%", 1, "share"},
		{"weather wifi loss=0.00001%", 1, "share"},
		{"weather wifi loss=1.-1%", 1, "share"},
		{"weather wifi loss=99999999999999999999%", 1, "share"},
		{"weather wifi fog=1%", 1, `no "fog"`},
		{"weather latency=-1s", 1, "Latency"},
		{"weather rate=x", 1, "rate: "},
		{"weather burst=1%", 1, "BurstLength"},
		{"weather wifi\nweather wifi", 2, "twice"},
		{"weather 1>2 wifi\nplayers 2", 1, "no player 1"},
		{"players 2\nweather 1>2 wifi\nweather 1>2 4g", 3, "twice"},
		{"players 2\nweather 1>1 wifi", 2, "player 1 twice"},
		{"players 2\nweather 1>3 wifi", 2, "no player 3"},
		{"players 2\nweather 1>2>3 wifi", 2, "not a direction"},
		{"players 2\nweather 1>x wifi", 2, `"x"`},
		{"at 1s heal all", 1, "before the number of players"},
		{"players 2\nat 1s", 2, "at a time"},
		{"players 2\nat noon heal all", 2, "noon"},
		{"players 2\nat -1s heal all", 2, "before the start"},
		{"players 2\nat 2s heal all\nat 1s heal all", 3, "after an event at 2s"},
		{"players 2\nlength 1s\nat 2s heal all", 3, "after the end at 1s"},
		{"players 2\nat 1s heal all\nseed 1", 3, "after the first event"},
		{"players 2\nat 1s fly 1", 2, `"fly"`},
		{"players 2\nat 1s do", 2, `"do"`},
		{"players 2\nat 1s do #it", 2, `"do"`},
		{"players 2\nat 1s cut", 2, `"cut"`},
		{"players 2\nat 1s cut 1", 2, "direction"},
		{"players 2\nat 1s cut 1 2 3", 2, "3 values"},
		{"players 2\nat 1s cut 1 x", 2, `"x"`},
		{"players 2\nat 1s cut 1 1", 2, "twice"},
		{"players 2\nat 1s cut 1>3", 2, "no player 3"},
		{"players 2\nat 1s heal every", 2, `"every"`},
		{"players 2\nat 1s heal 0 1", 2, "no player 0"},
		{"players 2\nat 1s split", 2, "without a group"},
		{"players 2\nat 1s split 1,", 2, `""`},
		{"players 2\nat 1s split 1 3", 2, "no player 3"},
		{"players 2\nat 1s shape", 2, "no direction"},
		{"players 2\nat 1s shape 1>2", 2, "no weather"},
		{"players 2\nat 1s shape 3>2 wifi", 2, "no player 3"},
		{"players 2\nat 1s freeze 3", 2, "no player 3"},
		{"players 2\nat 1s suspend 3", 2, "no player 3"},
		{"players 2\nat 1s thaw 3", 2, "no player 3"},
		{"players 2\nat 1s crash 3", 2, "no player 3"},
		{"players 2\nat 1s drift 3 1", 2, "no player 3"},
		{"players 2\nat 1s drift 1 100001", 2, "100001 ppm"},
		{"players 2\nat 1s drift 1", 2, `"drift"`},
	} {
		_, err := simnet.Parse(c.text)
		if wrong, ok := errors.AsType[*simnet.ParseError](err); !ok {
			t.Errorf("%q: error %v", c.text, err)
		} else if wrong.Line != c.line || !strings.Contains(wrong.Unwrap().Error(), c.want) || !strings.HasPrefix(err.Error(), "simnet: line ") {
			t.Errorf("%q: %v; want line %d and %q in it", c.text, err, c.line, c.want)
		}
	}
	_, err := simnet.Parse("players 2\nweather fog")
	if !errors.Is(err, weather.ErrUnknown) {
		t.Errorf("of an unknown weather the error is %v", err)
	}
}

func TestScenarioValidate(t *testing.T) {
	for _, change := range []func(s *simnet.Scenario){
		func(s *simnet.Scenario) { s.Players = 1 },
		func(s *simnet.Scenario) { s.Players = 0 },
		func(s *simnet.Scenario) { s.Players = simnet.MaxPlayers + 1 },
		func(s *simnet.Scenario) { s.Length = -1 },
		func(s *simnet.Scenario) { s.Weather.Rate = -1 },
		func(s *simnet.Scenario) { s.Paths = append(s.Paths, s.Paths[0]) },
		func(s *simnet.Scenario) { s.Paths[0].Weather.Rate = -1 },
		func(s *simnet.Scenario) { s.Events[1].At = 0 },
		func(s *simnet.Scenario) { s.Events[1].Action = nil },
		func(s *simnet.Scenario) { s.Events[1].At = time.Hour },
		func(s *simnet.Scenario) { s.Events[1].Action = simnet.Split{Groups: [][]int{{}}} },
		func(s *simnet.Scenario) { s.Events[1].Action = simnet.Do{} },
		func(s *simnet.Scenario) { s.Events[1].Action = simnet.Do{Name: "two words"} },
		func(s *simnet.Scenario) { s.Events[1].Action = simnet.Do{Name: "x", Args: []string{"#"}} },
		func(s *simnet.Scenario) { s.Events[1].Action = simnet.Do{Name: "x", Args: []string{"a\n"}} },
	} {
		s := simnet.Scenario{
			Players: 2, Length: time.Minute, Paths: []simnet.Shape{{From: 1, To: 2}},
			Events: []simnet.Event{{At: time.Second, Action: simnet.HealAll{}}, {At: time.Second, Action: simnet.Cut{A: 1, B: 2}}},
		}
		must(t, s.Validate())
		change(&s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), "simnet: ") {
			t.Errorf("of %+v the error is %v", s, err)
		}
		if s.Play(simnet.New(simnet.Config{}), names(max(s.Players, 0)), nil) == nil {
			t.Errorf("it plays %+v", s)
		}
	}
}

// Play does what the methods of Net do, at its times, from the time it is called.
func TestPlay(t *testing.T) {
	s, err := simnet.Parse(`players 4
weather latency=10ms
weather 1>2 latency=20ms
at 1s cut 1 2
at 2s heal 1 2
at 2s cut 1>2
at 3s heal all
at 3s split 1,2 3
at 4s heal all
at 4s shape 1>2 latency=30ms
at 5s freeze 1
at 6s thaw 1
at 6s suspend 1
at 7s thaw 1
at 7s drift 2 1000
at 8s do mark here and there
at 8s crash 3
`)
	must(t, err)
	cfg := s.Config()
	cfg.Notice = simnet.AtOnce
	n := simnet.New(cfg)
	n.RunFor(500 * ms)
	ids := names(4)
	for _, self := range ids {
		n.Link(self)
	}
	var marks []string
	must(t, s.Play(n, ids, map[string]func([]string){"mark": func(args []string) { marks = args }}))
	a, b := n.Link(ids[0]), n.Link(ids[1])
	var took time.Duration
	b.Bind(peer.Moves, func(peer.ID, []byte) { took = n.Now() })
	send := func() time.Duration {
		took = 0
		start := n.Now()
		_ = a.Send(b.Self(), peer.Moves, nil)
		n.RunFor(100 * ms)
		return max(took-start, 0)
	}
	state := func(to int) peer.State { return a.State(ids[to-1]) }
	for i, want := range []struct {
		travel           time.Duration
		two, three, four peer.State
	}{
		{20 * ms, peer.Linked, peer.Linked, peer.Linked},
		{0, peer.Linking, peer.Linked, peer.Linked},
		{0, peer.Linking, peer.Linked, peer.Linked},
		{20 * ms, peer.Linked, peer.Linking, peer.Linking},
		{30 * ms, peer.Linked, peer.Linked, peer.Linked},
		{0, peer.Linked, peer.Linked, peer.Linked},
		{0, peer.Linked, peer.Linked, peer.Linked},
		{30 * ms, peer.Linked, peer.Linked, peer.Linked},
		{30 * ms, peer.Linked, peer.Unlinked, peer.Linked},
	} {
		n.RunUntil(time.Duration(i)*time.Second + 600*ms)
		if frozen := i == 5 || i == 6; a.Frozen() != frozen {
			t.Errorf("second %d: frozen is %v", i, a.Frozen())
		}
		if travel := send(); travel != want.travel || state(2) != want.two || state(3) != want.three || state(4) != want.four {
			t.Errorf("second %d: %v, %v %v %v; want %v", i, travel, state(2), state(3), state(4), want)
		}
	}
	if got := n.Now() - a.Now(); got != time.Second {
		t.Errorf("the clock of 1 stood for %v", got)
	}
	if got := b.Now() - n.Now(); got <= ms || got > 2*ms {
		t.Errorf("the clock of 2 is %v fast", got)
	}
	if !slices.Equal(marks, []string{"here", "and", "there"}) {
		t.Errorf("the test's own action got %q", marks)
	}
}

func TestPlayErrors(t *testing.T) {
	s, err := simnet.Parse("seed 5\nplayers 2\nweather wifi\nat 1s do jump 1\nat 1s crash 1")
	must(t, err)
	nothing := map[string]func([]string){"sing": func([]string) {}}
	jump := map[string]func([]string){"jump": func([]string) {}}
	for _, c := range []struct {
		name    string
		cfg     simnet.Config
		players []peer.ID
		actions map[string]func([]string)
		want    string
	}{
		{"few", s.Config(), names(1), jump, "1 names"},
		{"same", s.Config(), []peer.ID{id(1), id(1)}, jump, "player 2"},
		{"nobody", s.Config(), []peer.ID{{}, id(1)}, jump, "player 1"},
		{"seed", simnet.Config{Weather: weather.WiFi()}, names(2), jump, "Scenario.Config"},
		{"weather", simnet.Config{Seed: 5}, names(2), jump, "Scenario.Config"},
		{"action", s.Config(), names(2), nothing, `"do jump 1"`},
		{"actions", s.Config(), names(2), nil, `"do jump 1"`},
	} {
		n := simnet.New(c.cfg)
		if err := s.Play(n, c.players, c.actions); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
		if n.Step() {
			t.Errorf("%s: something is scheduled", c.name)
		}
	}
	must(t, s.Play(simnet.New(s.Config()), names(2), jump))
}

func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add("#\n#\n #  a # b\nplayers 1\nat 1h do \xff\x00")
	files, err := simnet.Load(os.DirFS("testdata/scenarios"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		f.Add(file.String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := simnet.Parse(text)
		if err != nil {
			return
		}
		must(t, s.Validate())
		again, err := simnet.Parse(s.String())
		if err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("%v\n%+v\n%+v", err, s, again)
		}
	})
}
