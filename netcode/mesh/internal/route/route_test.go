package route

import (
	"slices"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

const ms = time.Millisecond

func id(n byte) peer.ID { return peer.ID{n, 9, 9, 9, 9, 9, 9, 9, n} }

// tell makes via report to one target.
func tell(t *Table, now time.Duration, via, to byte, rtt time.Duration) {
	t.Hear(now, id(via), []Neighbour{{TagOf(id(99)), ms}, {TagOf(id(to)), rtt}})
}

func best(t *testing.T, tb *Table, now time.Duration, to byte) (byte, time.Duration) {
	t.Helper()
	c, ok := tb.Best(now, id(to))
	if !ok {
		return 0, 0
	}
	return c.Via[0], c.RTT
}

func TestBestIsTheSmallestSum(t *testing.T) {
	var tb Table
	tb.Link(id(1), 20*ms)
	tb.Link(id(2), 80*ms)
	tb.Link(id(3), 10*ms)
	tell(&tb, 0, 1, 7, 40*ms)
	tell(&tb, 0, 2, 7, 10*ms)
	tell(&tb, 0, 3, 6, 10*ms) // knows another one
	tell(&tb, 0, 4, 7, ms)    // we are not linked with it
	if via, sum := best(t, &tb, ms, 7); via != 1 || sum != 60*ms {
		t.Errorf("through %d at %v; want 1 at 60ms", via, sum)
	}
	if n := len(tb.Through(ms, id(7))); n != 2 {
		t.Errorf("%d ways for letters; want 2", n)
	}
	if via, _ := best(t, &tb, ms, 1); via != 0 {
		t.Errorf("1 is reached through %d, but nobody said so", via)
	}
	tell(&tb, 0, 2, 1, 10*ms)
	if via, _ := best(t, &tb, ms, 1); via != 2 {
		t.Errorf("1 is reached through %d; want 2", via)
	}
	tb.Link(id(5), 0)
	tell(&tb, 0, 5, 6, 0)
	if via, sum := best(t, &tb, ms, 6); via != 3 || sum != 20*ms {
		t.Errorf("6 through %d at %v: what is not measured is not better", via, sum)
	}
}

func TestChoiceIsKeptUntilAnotherIsClearlyBetter(t *testing.T) {
	var tb Table
	tb.Link(id(1), 40*ms)
	tb.Link(id(2), 40*ms)
	now := time.Duration(0)
	choose := func(one, two time.Duration, want byte, what string) {
		t.Helper()
		now += time.Second
		tell(&tb, now, 1, 7, one)
		tell(&tb, now, 2, 7, two)
		if via, _ := best(t, &tb, now, 7); via != want {
			t.Errorf("%s: through %d", what, via)
		}
	}
	choose(40*ms, 50*ms, 1, "first choice")
	changes, last := 0, byte(1)
	for i := range 100 {
		now += 100 * ms
		tell(&tb, now, 1, 7, time.Duration(39+i%3)*ms)
		tell(&tb, now, 2, 7, time.Duration(41-i%3)*ms)
		if via, _ := best(t, &tb, now, 7); via != last {
			changes, last = changes+1, via
		}
	}
	if changes != 0 {
		t.Errorf("jitter of 2 ms changed the choice %d times", changes)
	}
	choose(43*ms, 40*ms, 1, "3 ms better")
	choose(44*ms, 40*ms, 2, "4 ms better")
	tell(&tb, now, 1, 7, ms)
	if via, _ := best(t, &tb, now+dwell-ms, 7); via != 2 {
		t.Error("the choice changed back within a second")
	}
	choose(40*ms, 43*ms, 2, "not that much better again")
	tb.Blame(now, id(7), id(2))
	if via, _ := best(t, &tb, now, 7); via != 1 {
		t.Errorf("the blamed one is kept: %d", via)
	}
	now += Blame - ms
	tell(&tb, now, 1, 7, 90*ms)
	tell(&tb, now, 2, 7, 10*ms)
	if via, _ := best(t, &tb, now, 7); via != 1 {
		t.Error("the blame is forgotten too early")
	}
	if now += ms; true {
		if via, _ := best(t, &tb, now, 7); via != 2 {
			t.Error("the blame lasts too long")
		}
	}
	tb.Unlink(id(2))
	if via, _ := best(t, &tb, now, 7); via != 1 {
		t.Error("one that is not linked is kept")
	}
	if now += Fresh; true {
		if via, _ := best(t, &tb, now, 7); via != 0 {
			t.Errorf("an old report is believed: %d", via)
		}
	}
	tb.Forget(id(7))
	if len(tb.targets) != 0 {
		t.Error("a member that left is remembered")
	}
}

func TestReportsGoThroughBytes(t *testing.T) {
	var tb Table
	for n := range byte(MaxPeers + 5) {
		tb.Link(id(n), time.Duration(n)*ms)
	}
	list := tb.Report(nil)
	b := AppendReport(nil, list)
	got, err := ParseReport(nil, b)
	if err != nil || len(got) != MaxPeers || !slices.Equal(got, list) {
		t.Errorf("%d neighbours, %v", len(got), err)
	}
	for i := range b {
		if _, err := ParseReport(nil, b[:i]); err == nil {
			t.Errorf("cut to %d bytes it is still a report", i)
		}
	}
	if _, err := ParseReport(nil, append(b, 0)); err == nil {
		t.Error("more bytes than it says")
	}
	long := AppendReport(nil, []Neighbour{{RTT: time.Hour}, {RTT: -ms}})
	if got, _ := ParseReport(nil, long); got[0].RTT < 16*time.Second || got[1].RTT != 0 {
		t.Errorf("out of range: %v", got)
	}
}

func FuzzParseReport(f *testing.F) {
	f.Add(AppendReport(nil, []Neighbour{{TagOf(id(1)), 20 * ms}, {TagOf(id(2)), time.Hour}}))
	f.Add([]byte{0})
	f.Add([]byte{255})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := ParseReport(nil, b)
		if err == nil && !slices.Equal(AppendReport(nil, list), b) {
			t.Errorf("%x is read as %v", b, list)
		}
	})
}

func TestBudgetBoundsBytes(t *testing.T) {
	b, one, two := NewBudget(100_000), TagOf(id(1)), TagOf(id(2))
	passed, bulk := 0, 0
	const seconds, size = 10, 250
	for now := time.Duration(0); now < seconds*time.Second; now += ms {
		if b.Take(now, one, two, size, false) {
			bulk += size
		}
		for _, from := range []Tag{two, TagOf(id(3))} { // each asks for 250 KB/s
			if b.Take(now, from, one, size, true) {
				passed += size
			}
		}
	}
	if all := passed + bulk; all < 100_000*seconds*98/100 || all > 100_000*seconds+50_000+size {
		t.Errorf("%d bytes in %d s; want 100,000 a second and half of one more", all, seconds)
	}
	if bulk > passed/10 {
		t.Errorf("%d bytes of bulk beside %d of moves, which wanted it all", bulk, passed)
	}
	if NewBudget(0).Take(0, one, two, 1, true) || (&Budget{}).Take(0, one, two, 1, true) {
		t.Error("nothing is allowed, and something passes")
	}
	slow := NewBudget(100)
	got := 0
	for now := time.Duration(0); now < 60*time.Second; now += ms / 2 { // less than a byte a step
		for _, from := range []Tag{one, two} {
			if slow.Take(now, from, TagOf(id(3)), 10, true) {
				got += 10
			}
		}
	}
	if got < 5800 || got > 6100 {
		t.Errorf("%d bytes in a minute at 100 a second", got)
	}
}

func TestBudgetBoundsPairs(t *testing.T) {
	b := NewBudget(1 << 20)
	for n := range byte(MaxPairs) {
		if !b.Take(0, TagOf(id(n)), TagOf(id(100)), 100, true) || !b.Take(0, TagOf(id(100)), TagOf(id(n)), 100, true) {
			t.Fatalf("pair %d is refused", n)
		}
	}
	if b.Take(time.Second, TagOf(id(200)), TagOf(id(100)), 100, true) {
		t.Error("one pair too many")
	}
	if n := b.Pairs(time.Second); n != MaxPairs {
		t.Errorf("%d pairs; want %d: both directions are one", n, MaxPairs)
	}
	b.Take(time.Second, TagOf(id(3)), TagOf(id(100)), 100, true)
	if !b.Take(idle, TagOf(id(200)), TagOf(id(100)), 100, true) || b.Pairs(idle) != 2 {
		t.Errorf("pairs that fell silent count: %d", b.Pairs(idle))
	}
}

func TestBudgetAllocatesNothing(t *testing.T) {
	b, now := NewBudget(1<<20), time.Duration(0)
	if n := testing.AllocsPerRun(200, func() {
		now += ms
		b.Take(now, TagOf(id(1)), TagOf(id(2)), 100, true)
	}); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}

// TestBlameGrowsUntilItWorks: who fails again is passed over twice as long, and
// who is the only one left is asked all the same.
func TestBlameGrowsUntilItWorks(t *testing.T) {
	var tb Table
	tb.Link(id(1), 10*ms)
	tb.Link(id(2), 90*ms)
	now := time.Duration(0)
	lasts := func() time.Duration {
		t.Helper()
		tb.Blame(now, id(7), id(1))
		start := now
		for ; ; now += 10 * ms {
			tell(&tb, now, 1, 7, 10*ms)
			tell(&tb, now, 2, 7, 90*ms)
			if via, _ := best(t, &tb, now, 7); via == 1 {
				return now - start
			}
			if now-start > 2*MaxBlame {
				t.Fatal("blamed for ever")
			}
		}
	}
	want := Blame
	for range 6 {
		if got := lasts(); got < want || got > want+dwell {
			t.Errorf("passed over for %v; want %v", got, want)
		}
		want = min(2*want, MaxBlame)
	}
	tb.Trust(id(7), id(1))
	if got := lasts(); got > Blame+dwell {
		t.Errorf("passed over for %v after it worked", got)
	}
	tb.Blame(now, id(7), id(1))
	tb.Blame(now+ms, id(7), id(2))
	if via, _ := best(t, &tb, now+2*ms, 7); via != 2 { // 1 is on its second time
		t.Errorf("both are blamed, and it is %d", via)
	}
	tb.Blame(now+3*ms, id(7), id(2))
	tb.Blame(now+4*ms, id(7), id(2))
	for _, b := range tb.target(id(7)).blamed {
		if b.via == id(2) && b.span != Blame {
			t.Errorf("blamed for %v, though there was nobody else", b.span)
		}
	}
}

// TestBudgetIsShared: one member that asks for as many pairs or bytes as it can
// takes nothing from an honest pair, and does not make the budget look spent.
func TestBudgetIsShared(t *testing.T) {
	greedy, a, c := TagOf(id(1)), TagOf(id(2)), TagOf(id(3))
	for _, what := range []string{"pairs", "bytes", "letters"} {
		b, refused, honest := NewBudget(DefaultRate), 0, 0
		for i := range 600 {
			now := time.Second + time.Duration(i)*time.Second/60
			for n := range byte(MaxPairs) {
				took := true
				switch what {
				case "pairs":
					took = b.Take(now, greedy, TagOf(id(100+n)), 12, true)
				case "bytes":
					took = b.Take(now, greedy, TagOf(id(4)), 1100, true)
				case "letters":
					took = b.Charge(now, greedy, 9000, true)
				}
				if !took {
					refused++
				}
			}
			if b.Take(now, a, c, 200, true) {
				honest++
			}
			if b.Spent(now) {
				t.Fatalf("%s: spent after %d steps", what, i)
			}
		}
		if refused < 600 {
			t.Errorf("%s: only %d of %d were refused", what, refused, 600*MaxPairs)
		}
		if honest != 600 {
			t.Errorf("%s of one member: %d of 600 messages of an honest pair passed", what, honest)
		}
	}
	b, now := NewBudget(DefaultRate), time.Second
	for range 600 {
		now += time.Second / 60
		for n := range byte(8) {
			b.Take(now, TagOf(id(n)), TagOf(id(100)), 1100, true)
		}
	}
	if !b.Spent(now) || b.Spent(now+weary) {
		t.Error("eight that want more than there is did not spend the budget, or for ever")
	}
	if b.None() || !NewBudget(0).None() {
		t.Error("None")
	}
}
