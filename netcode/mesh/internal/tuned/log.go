//go:build !js

package tuned

import "github.com/pion/logging"

// mute is a log of pion that says nothing: what goes wrong is told by our own.
// pion's loggers are made once per part of a connection, 7 KiB of them, even
// where they may say nothing either.
type mute struct{}

var (
	_ logging.LoggerFactory = mute{}
	_ logging.LeveledLogger = mute{}
)

func (mute) NewLogger(scope string) logging.LeveledLogger {
	if scope == mediaScope {
		return mediaLog{}
	}
	return mute{}
}

func (mute) Trace(string)          {}
func (mute) Tracef(string, ...any) {}
func (mute) Debug(string)          {}
func (mute) Debugf(string, ...any) {}
func (mute) Info(string)           {}
func (mute) Infof(string, ...any)  {}
func (mute) Warn(string)           {}
func (mute) Warnf(string, ...any)  {}
func (mute) Error(string)          {}
func (mute) Errorf(string, ...any) {}
