package epoch

import "testing"

var sets = func(s ...Set) (all [modelMembers]Set) { copy(all[:], s); return all }

var lens = func(n ...int) (all [modelMembers]int) { copy(all[:], n); return all }

func models() []model {
	return []model{
		{name: "one gone", n: 3, lens: lens(1, 1, 2), spread: 0b100, distrust: sets(0b100, 0b100), lead: 0b011, ballots: 2, epochs: 1},
		{name: "all three ballots", n: 3, lens: lens(1, 1, 1), spread: 0b100, distrust: sets(0b100, 0b100), lead: 0b011, ballots: 3, epochs: 1},
		{name: "everybody suspects", n: 3, lens: lens(1, 1, 1), spread: 0b001, distrust: sets(0b110, 0b101, 0b011), trust: true, lead: 0b111, ballots: 2, epochs: 1},
		{name: "two epochs", n: 3, lens: lens(1, 1, 1), spread: 0b110, distrust: sets(0b110, 0b100), lead: 0b011, ballots: 2, epochs: 2},
		{name: "leave", n: 3, lens: lens(1, 1, 1), spread: 0b100, grow: true, leave: 0b100, distrust: sets(0b110, 0b101), lead: 0b011, ballots: 2, epochs: 1},
		{name: "join", n: 3, outside: 0b100, lens: lens(1, 1, 1), join: 0b100, distrust: sets(0b010, 0b001), lead: 0b011, ballots: 2, epochs: 1},
		{name: "join and drop", n: 4, outside: 0b1000, lens: lens(1, 1, 1, 1), spread: 0b100, join: 0b1000, distrust: sets(0b100, 0b100), lead: 0b011, ballots: 1, epochs: 1},
		{name: "fork", n: 3, lens: lens(1, 1, 2), spread: 0b100, fork: 0b100, distrust: sets(0b100, 0b100), lead: 0b011, ballots: 3, epochs: 1},
		{name: "claims", n: 3, lens: lens(1, 1, 2), spread: 0b100, grow: true, claims: true, distrust: sets(0b100, 0b100), lead: 0b001, ballots: 1, epochs: 1},
		{name: "four, one gone", n: 4, lens: lens(1, 1, 1, 1), spread: 0b1000, distrust: sets(0b1000, 0b1000, 0b1000), lead: 0b001, ballots: 1, epochs: 1},
		{name: "four, two gone", n: 4, lens: lens(1, 1, 1, 1), spread: 0b1000, distrust: sets(0b1000, 0b1001, 0b1001), lead: 0b011, ballots: 2, epochs: 1},
	}
}

func TestTry(t *testing.T) {
	for _, mod := range models() {
		t.Run(mod.name, func(t *testing.T) {
			mod.limit = 2e6
			l := newLab(t, mod)
			l.run()
			t.Logf("%s: %+v, %d nodes, %d messages", mod.name, l.premise, len(l.nodes), len(l.msgs))
			for a, n := range l.arrows {
				t.Log(a, n)
			}
		})
	}
}
