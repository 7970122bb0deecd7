package epoch

import (
	"os"
	"testing"
)

func sets(s ...Set) (all [modelMembers]Set) { copy(all[:], s); return all }

func lens(n ...int) (all [modelMembers]int) { copy(all[:], n); return all }

// models are explored to the last state. Their numbers are as large as an
// everyday run affords; the deep ones run with TUTTI_EPOCH_DEEP=1.
func models() []model {
	return []model{
		{
			name: "one gone", n: 3, lens: lens(1, 1, 2), spread: 0b100, mute: 0b100, suspects: sets(0b100, 0b100),
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, restarts: 9, adopted: 9},
		},
		{
			name: "one suspected", n: 3, lens: lens(1, 1, 1), spread: 0b100, distrust: sets(0b100, 0b100),
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, restarts: 9, adopted: 9},
		},
		{
			name: "each other", n: 3, distrust: sets(0b010, 0b001), suspects: sets(0, 0, 0b011),
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, restarts: 9, adopted: 9},
		},
		{
			name: "trust again", n: 3, lens: lens(1, 1, 1), spread: 0b100, mute: 0b100, distrust: sets(0b110, 0b101), trust: true,
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, restarts: 9, adopted: 9},
		},
		{
			name: "two epochs", n: 3, lens: lens(1, 1, 1), spread: 0b110, suspects: sets(0b100, 0b100), distrust: sets(0b010),
			lead: 0b011, ballots: 1, epochs: 2, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9},
		},
		{
			name: "leave", n: 3, lens: lens(1, 1, 0), spread: 0b100, grow: true, leave: 0b100, distrust: sets(0b010, 0b001),
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, restarts: 9, adopted: 9, leaves: 9},
		},
		{
			name: "join", n: 3, outside: 0b100, join: 0b100, distrust: sets(0b010, 0b001),
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, restarts: 9, adopted: 9, joins: 9},
		},
		{
			name: "join and drop", n: 4, outside: 0b1000, lens: lens(1, 1, 1, 1), spread: 0b100, mute: 0b100, join: 0b1000, suspects: sets(0b100, 0b100),
			lead: 0b011, ballots: 1, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, joins: 9},
		},
		{
			name: "join then vote", n: 3, outside: 0b100, join: 0b100, lens: lens(1, 1, 1), spread: 0b010, distrust: sets(0b010, 0, 0b010),
			lead: 0b101, ballots: 1, epochs: 2, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 1, joins: 9},
		},
		{
			name: "fork", n: 3, lens: lens(1, 1, 2), spread: 0b100, mute: 0b100, fork: 0b100, suspects: sets(0b100, 0b100),
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, restarts: 9, adopted: 9, forks: 1},
		},
		{
			name: "claims", n: 3, lens: lens(1, 1, 1), spread: 0b100, grow: true, claims: true, suspects: sets(0b100, 0b100),
			lead: 0b001, ballots: 1, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9},
		},
		{
			name: "four one gone", n: 4, lens: lens(1, 1, 1, 1), spread: 0b1000, suspects: sets(0b1000, 0b1000, 0b1000), mute: 0b1000,
			lead: 0b011, turns: []int{0, 1}, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, adopted: 9},
		},
		{
			name: "four two gone", n: 4, lens: lens(1, 1, 1, 1), spread: 0b1000, suspects: sets(0b1000, 0b1000, 0b1000), mute: 0b1000, distrust: sets(0, 1, 1),
			lead: 0b011, turns: []int{0, 1}, ballots: 2, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, adopted: 9},
		},
		{
			name: "three ballots", n: 3, lens: lens(1, 1, 1), spread: 0b100, mute: 0b100, suspects: sets(0b100, 0b100),
			lead: 0b011, ballots: 3, epochs: 1, want: premise{states: 1e3, decrees: 9, cutAboveOwn: 9, restarts: 9, adopted: 9},
		},
		{
			name: "each other and trust again", n: 3, distrust: sets(0b110, 0b001), suspects: sets(0, 0, 0b011), trust: true, deep: true,
			lead: 0b011, ballots: 2, epochs: 1, want: premise{states: 1e6, decrees: 9, restarts: 9, adopted: 9},
		},
		{
			name: "more claims", n: 3, lens: lens(1, 1, 2), spread: 0b100, grow: true, claims: true, suspects: sets(0b100, 0b100), deep: true,
			lead: 0b001, ballots: 1, epochs: 1, want: premise{states: 1e6, decrees: 9, cutAboveOwn: 9},
		},
	}
}

// reached reports whether a run met what it must.
func (p premise) reached(want premise) bool {
	return p.states >= want.states && p.decrees >= want.decrees && p.cutAboveOwn >= want.cutAboveOwn &&
		p.restarts >= want.restarts && p.adopted >= want.adopted && p.joins >= want.joins && p.forks >= want.forks && p.leaves >= want.leaves
}

// TestEveryState visits every state of small matches, with messages lost,
// doubled and overtaken and members dying anywhere, and checks the invariants
// in each. Then it compares the arrows that were seen with the documentation.
func TestEveryState(t *testing.T) {
	arrows, left := map[arrow]int{}, len(models())
	for _, mod := range models() {
		if mod.deep && os.Getenv("TUTTI_EPOCH_DEEP") == "" {
			left--
			continue
		}
		t.Run(mod.name, func(t *testing.T) {
			left--
			l := newLab(t, mod)
			l.run()
			t.Logf("%+v, %d nodes, %d messages", l.premise, len(l.nodes), len(l.msgs))
			if !t.Failed() && !l.premise.reached(mod.want) {
				t.Errorf("met %+v; want at least %+v", l.premise, mod.want)
			}
			for a, n := range l.arrows {
				arrows[a] += n
			}
		})
	}
	if !t.Failed() && left == 0 { // -run may have left out some
		compareArrows(t, arrows)
	}
}
