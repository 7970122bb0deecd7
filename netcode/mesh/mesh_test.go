package mesh

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTwoLink(t *testing.T) {
	h, keys := newHub(), keysInOrder(2)
	a, b := open(t, h, keys[0]), open(t, h, keys[1])
	linked(t, a, b)
	for e := range a.Events() {
		t.Log(e)
	}
	t.Logf("%+v", a.Path(b.Self()))
}
