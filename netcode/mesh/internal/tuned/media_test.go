//go:build !js

package tuned

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// readers counts the goroutines that read media.
func readers() int {
	b := make([]byte, 1<<20)
	return strings.Count(string(b[:runtime.Stack(b, true)]), mediaReader+"1()")
}

// TestMediaReadersAreKnownByName: pion still has them, two on each end, and under the
// name that we know them by. That they end is tested where they are fed, in package
// mesh.
func TestMediaReadersAreKnownByName(t *testing.T) {
	inBubble(t, 1, weather.Weather{Latency: 10 * time.Millisecond}, func(t *testing.T, lab *natlab.Lab) {
		w := newBare(t, lab, lab.Host(), lab.Host(), nil)
		defer w.close()
		dc, err := w.pcs[0].CreateDataChannel("moves", Moves())
		must(t, err)
		w.connect(dc)
		if n := readers(); n != 4 {
			t.Errorf("%d goroutines read media on two ends, want 4 for us to end", n)
		}
	})
}

// TestOnlyMediaReadersEnd: a log that is told something by anybody else says nothing
// and does nothing.
func TestOnlyMediaReadersEnd(t *testing.T) {
	done := make(chan bool, 1)
	go func() {
		ended := true
		defer func() { done <- ended }()
		mute{}.NewLogger(mediaScope).Info("x")
		ended = false
	}()
	if <-done {
		t.Error("it ended a goroutine that reads no media")
	}
}
