package epoch

import (
	"os"
	"regexp"
	"testing"
)

var arrowLine = regexp.MustCompile(`(?m)^//\t(\w+) +(\w+) +(\w+)$`)

// compareArrows holds the tables of the package documentation against what was
// seen: no arrow is missing there, and none was never taken.
func compareArrows(t *testing.T, seen map[arrow]int) {
	t.Helper()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]State{}
	for s := Normal; s <= Out; s++ {
		states[s.String()] = s
	}
	told := map[arrow]bool{}
	for _, row := range arrowLine.FindAllSubmatch(doc, -1) {
		from, ok := states[string(row[1])]
		to, ok2 := states[string(row[3])]
		if !ok || !ok2 {
			t.Fatalf("the table has the row %q", row[0])
		}
		told[arrow{from, string(row[2]), to}] = true
	}
	if len(told) < 10 {
		t.Fatalf("only %d arrows in doc.go", len(told))
	}
	for a := range told {
		if seen[a] == 0 {
			t.Errorf("in doc.go, but never seen: %v %s %v", a.from, a.event, a.to)
		}
	}
	for a, n := range seen {
		if !told[a] {
			t.Errorf("seen %d times, but not in doc.go: %v %s %v", n, a.from, a.event, a.to)
		}
	}
}
