package seal

import "testing"

// TestKeysOfTheSameName: two agreements may draw the same name; the key of a dead
// process gives way, that of the same process stays.
func TestKeysOfTheSameName(t *testing.T) {
	var r Ring
	id := [2]byte{7, 7}
	dead, living, twin := &Key{ID: id, Process: 1}, &Key{ID: id, Process: 2}, &Key{ID: id, Process: 2}
	r.Agreed(dead, true)
	r.Agreed(living, true)
	if k, _ := r.Find(id[:]); k != living || r.Use() != living {
		t.Error("the key of a dead process is kept in place of the new one")
	}
	r.Agreed(twin, true)
	if k, _ := r.Find(id[:]); k != living || r.Use() != living {
		t.Error("a key in use was replaced by one of the same name")
	}
}

// TestWhoAnsweredWaits: who offered seals with the new key at once, who answered
// once the other end did.
func TestWhoAnsweredWaits(t *testing.T) {
	for _, offered := range []bool{true, false} {
		var r Ring
		if k, _ := r.Find([]byte{1, 0}); k != nil || r.Use() != nil {
			t.Fatal("the zero Ring has a key")
		}
		one, two := &Key{ID: [2]byte{1}, Process: 5}, &Key{ID: [2]byte{2}, Process: 5}
		r.Agreed(one, offered)
		if r.Use() != one {
			t.Fatal("the first key is not used")
		}
		r.Agreed(two, offered)
		if (r.Use() == two) != offered {
			t.Errorf("offered %v: key %v seals", offered, r.Use().ID)
		}
		k, age := r.Find(one.ID[:]) // late, and no reason to change
		if r.Opened(k, age); k != one || (r.Use() == two) != offered {
			t.Errorf("offered %v: an old message changes the key", offered)
		}
		k, age = r.Find(two.ID[:])
		if r.Opened(k, age); k != two || r.Use() != two {
			t.Errorf("offered %v: the key that the other end uses is not used", offered)
		}
	}
}

// TestProcessesThatAreNoMore: what is sealed with a key of a process before the
// present one speaks for nobody.
func TestProcessesThatAreNoMore(t *testing.T) {
	var r Ring
	old, first, second := &Key{ID: [2]byte{1}, Process: 1}, &Key{ID: [2]byte{2}, Process: 2}, &Key{ID: [2]byte{3}, Process: 2}
	r.Agreed(old, true)
	if r.Outlived(old) {
		t.Error("the only key is outlived")
	}
	r.Agreed(first, false)
	r.Agreed(second, false)
	if !r.Outlived(old) || r.Outlived(first) || r.Outlived(second) {
		t.Error("what is outlived is not what another process came after")
	}
	if r.Lives(2); r.Use() == nil || r.Use().Process != 2 {
		t.Errorf("process 2 lives, and %v seals", r.Use())
	}
	if k, _ := r.Find(old.ID[:]); k != nil || !r.Outlived(old) {
		t.Error("the key of a dead process is kept")
	}
	for n := range byte(3) {
		r.Agreed(&Key{ID: [2]byte{10 + n}, Process: 2}, true)
	}
	if k, _ := r.Find(first.ID[:]); k != nil || !r.Outlived(first) {
		t.Error("more than three are kept")
	}
}
