//go:build !js

package tuned

import (
	"runtime"
	"strings"

	"github.com/pion/logging"
)

// pion makes two sessions for media on each connection, with four goroutines and
// 30 KiB, though there is no media, and no setting prevents it (W11). What they
// cannot read they log, each on the goroutine that reads; that is where we end it.
// The rest ends with it, as when a connection is closed.

// mediaScope is what pion names the logs of these sessions, and mediaReader is part
// of the name of the function that reads. Where they are called otherwise, the
// goroutines stay, and nothing else happens.
const (
	mediaScope  = "srtp"
	mediaReader = "/srtp/v3.(*session).start.func"
)

// NoMedia are packets that end a connection's sessions for media, if pion receives
// them once it is connected. They are for us to hand to it: see socket.Flow.Feed.
var NoMedia = [...]string{"\x80\x00\x00\x00", "\x80\xc8\x00\x00"}

// mediaLog is the log of a session for media.
type mediaLog struct{ mute }

var _ logging.LeveledLogger = mediaLog{}

// Info ends the goroutine that reads: it holds nothing, and defers what is to be
// done at its end.
func (mediaLog) Info(string) {
	var callers [2]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	if f, _ := frames.Next(); strings.Contains(f.Function, mediaReader) {
		runtime.Goexit()
	}
}
