package kept

import "testing"

func TestListForgetsWhatArrived(t *testing.T) {
	var k List
	for i := range 10 {
		k.Add(make([]byte, i))
	}
	for _, step := range []struct {
		below uint64
		good  bool
		bytes int
	}{{0, true, 45}, {4, true, 39}, {3, false, 39}, {11, false, 39}, {10, true, 0}, {10, true, 0}} {
		if good := k.Trim(step.below); good != step.good || k.Bytes() != step.bytes {
			t.Errorf("Trim(%d) is %v with %d bytes left; want %v, %d", step.below, good, k.Bytes(), step.good, step.bytes)
		}
		if k.End() != 10 || k.Base()+uint64(k.Len()) != k.End() || len(k.Messages()) != k.Len() {
			t.Errorf("after Trim(%d): from %d to %d, %d messages", step.below, k.Base(), k.End(), k.Len())
		}
	}
	if k.Add([]byte{1}); k.Base() != 10 || k.Len() != 1 || k.Messages()[0][0] != 1 {
		t.Errorf("%+v", k)
	}
	if k.Reset(); k.End() != 0 || k.Bytes() != 0 {
		t.Errorf("after Reset: %+v", k)
	}
}

// TestListUsesBuffersAgain: messages that come and go cost no memory, and a large
// one does not stay.
func TestListUsesBuffersAgain(t *testing.T) {
	var k List
	text := make([]byte, maxRoom+1) // outside: the race detector's append would allocate it
	send := func(n int) {
		k.Add(append(k.Buffer(), text[:n]...))
		if !k.Trim(k.End()) {
			t.Fatal("not trimmed")
		}
	}
	send(100)
	if n := testing.AllocsPerRun(100, func() { send(100) }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	_ = k.Buffer()
	if send(maxRoom + 1); k.Buffer() != nil {
		t.Error("a large buffer is kept for later")
	}
	for range 3 * maxFree {
		k.Add(make([]byte, 1))
	}
	k.Trim(k.End())
	if len(k.free) != maxFree {
		t.Errorf("%d buffers are kept for later; want %d", len(k.free), maxFree)
	}
}
