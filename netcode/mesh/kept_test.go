package mesh

import "testing"

func TestKeptForgetsWhatArrived(t *testing.T) {
	var k kept
	for i := range 10 {
		k.add(make([]byte, i))
	}
	for _, step := range []struct {
		below uint64
		good  bool
		bytes int
	}{{0, true, 45}, {4, true, 39}, {3, false, 39}, {11, false, 39}, {10, true, 0}, {10, true, 0}} {
		if good := k.trim(step.below); good != step.good || k.bytes != step.bytes {
			t.Errorf("trim(%d) is %v with %d bytes left; want %v, %d", step.below, good, k.bytes, step.good, step.bytes)
		}
	}
	if k.add([]byte{1}); k.base != 10 || len(k.list) != 1 {
		t.Errorf("%+v", k)
	}
}
