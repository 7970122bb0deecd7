package process

import "testing"

func TestRetiredRemembersTheLast(t *testing.T) {
	var r Retired
	if r.Has(0) || r.Has(1) {
		t.Error("the zero Retired knows somebody")
	}
	for n := range uint64(3 * MaxRetired) {
		r.Add(n)
		r.Add(n) // once is enough
		if want := min(int(n)+1, MaxRetired); r.Len() != want {
			t.Fatalf("%d are remembered after %d; want %d", r.Len(), n+1, want)
		}
	}
	for n := range uint64(3 * MaxRetired) {
		if want := n >= 2*MaxRetired; r.Has(n) != want {
			t.Errorf("process %d: %v", n, r.Has(n))
		}
	}
}

func TestNumbersDiffer(t *testing.T) {
	seen := map[uint64]bool{0: true}
	for range 1000 {
		n := New()
		if seen[n] {
			t.Fatalf("%d is drawn twice, or 0", n)
		}
		seen[n] = true
	}
}
