package simnet_test

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/seeds"
	"github.com/tuttiplay/tutti/netcode/simnet"
)

var update = flag.Bool("update", false, "rewrite testdata")

// names are the names of so many players.
func names(players int) (list []peer.ID) {
	for i := range players {
		list = append(list, id(byte(i+1)))
	}
	return list
}

// replay plays a scenario among players that live from their own timers: each
// tells all others 60 times a second, and now and then on the reliable channels,
// what its clock shows, and answers what it hears on User. It returns the
// network and a hash of all that happened.
func replay(t *testing.T, s simnet.Scenario) (*simnet.Net, uint64) {
	t.Helper()
	h := fnv.New64a()
	cfg := s.Config()
	cfg.Tap = func(p simnet.Packet) { record(h, p) }
	n := simnet.New(cfg)
	ids := names(s.Players)
	for _, self := range ids {
		l := n.Link(self)
		l.Bind(peer.Chat, func(from peer.ID, b []byte) { _ = l.Send(from, peer.User, b) })
		ticks := 0
		var tick func()
		tick = func() {
			now := binary.LittleEndian.AppendUint64(nil, uint64(l.Now()))
			for _, to := range ids {
				_ = l.Send(to, peer.Moves, now)
				if ticks%30 == 0 {
					_ = l.Send(to, peer.Control, now)
				}
				if ticks%120 == 0 {
					_ = l.Send(to, peer.Bulk, make([]byte, 4000))
				}
			}
			ticks++
			l.After(time.Second/60, tick)
		}
		l.After(0, tick)
	}
	must(t, s.Play(n, ids, map[string]func([]string){
		"chat": func(args []string) {
			player, err := strconv.Atoi(args[0])
			must(t, err)
			for _, to := range ids {
				_ = n.Link(ids[player-1]).Send(to, peer.Chat, []byte(strings.Join(args[1:], " ")))
			}
		},
	}))
	n.RunFor(s.Length)
	return n, h.Sum64()
}

// Each sample runs twice alike, and as it did when it was written: on every
// machine, and in the page.
func TestSamplesReplayExactly(t *testing.T) {
	files, err := simnet.Load(os.DirFS("testdata/scenarios"))
	must(t, err)
	if len(files) < 4 {
		t.Fatalf("%d samples", len(files))
	}
	var golden strings.Builder
	for _, f := range files {
		n, one := replay(t, f.Scenario)
		_, two := replay(t, f.Scenario)
		if one != two {
			t.Errorf("%s: two runs differ", f.Name)
		}
		c := n.Total(peer.Moves)
		if c.Delivered < 1000 || c.Lost < 10 || n.Now() != f.Length {
			t.Errorf("%s: %+v until %v proves little", f.Name, c, n.Now())
		}
		fmt.Fprintf(&golden, "%s %#016x moves sent=%d lost=%d delivered=%d duplicated=%d reordered=%d\n",
			f.Name, one, c.Sent, c.Lost, c.Delivered, c.Duplicated, c.Reordered)
		// What is written again is the same scenario.
		if again, err := simnet.Parse(f.String()); err != nil || again.String() != f.String() {
			t.Errorf("%s: %v, written again\n%v", f.Name, err, again)
		} else if _, three := replay(t, again); three != one {
			t.Errorf("%s: written and read again it runs otherwise", f.Name)
		}
		other := f.Scenario
		other.Seed++
		if _, four := replay(t, other); four == one && f.Name != "flash_cut" {
			t.Errorf("%s: another seed runs alike", f.Name)
		}
	}
	const file = "testdata/golden.txt"
	if *update {
		must(t, os.WriteFile(file, []byte(golden.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if golden.String() != string(want) {
		t.Errorf("the samples run as\n%swant\n%s", &golden, want)
	}
}

// What Generate draws can be played, written and read, and one seed is one run.
func TestGeneratedScenariosReplayExactly(t *testing.T) {
	seeds.Each(t, 20, func(t *testing.T, seed uint64) {
		l := simnet.Limits{Length: 5 * time.Second, Crashes: 1, MinPlayers: 3, MaxPlayers: 5} // two live
		s := simnet.Generate(seed, l)
		again, err := simnet.Parse(s.String())
		must(t, err)
		n, one := replay(t, s)
		if _, two := replay(t, again); one != two {
			t.Errorf("two runs differ of\n%v", s)
		}
		if c := n.Total(peer.Moves); c.Delivered < 20 {
			t.Errorf("%+v is no traffic in\n%v", c, s)
		}
	})
}

func TestLoad(t *testing.T) {
	fsys := fstest.MapFS{
		"b.txt":     {Data: []byte("players 3\n")},
		"a.txt":     {Data: []byte("players 2\nat 1s heal all\n")},
		"notes.md":  {Data: []byte("nothing")},
		"sub/c.txt": {Data: []byte("nothing")},
	}
	files, err := simnet.Load(fsys)
	must(t, err)
	if len(files) != 2 || files[0].Name != "a" || files[0].Players != 2 || len(files[0].Events) != 1 || files[1].Name != "b" {
		t.Errorf("%+v", files)
	}
	fsys["c.txt"] = &fstest.MapFile{Data: []byte("players 2\nat 1s fly 1\n")}
	var wrong *simnet.ParseError
	if _, err := simnet.Load(fsys); !errors.As(err, &wrong) || wrong.Line != 2 || !strings.HasPrefix(err.Error(), "c.txt: ") {
		t.Errorf("the error is %v", err)
	}
	if _, err := simnet.Load(fstest.MapFS{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of an empty folder the error is %v", err)
	}
	if _, err := simnet.Load(fstest.MapFS{"d.txt/x": {}}); err == nil {
		t.Error("a folder is a scenario")
	}
}
