//go:build !js

package main

import (
	"context"
	"os"
	"runtime"

	"github.com/hajimehoshi/ebiten/v2"
)

// hasDisplay reports whether this machine seems to have a screen for a window. On
// Windows and macOS it does; elsewhere X11 or Wayland says so in the environment.
func hasDisplay() bool {
	switch runtime.GOOS {
	case "windows", "darwin":
		return true
	}
	return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// openWindow plays in a window until it is closed or ctx ends. opened says whether
// there was one at all.
func openWindow(ctx context.Context, o options) (opened bool, err error) {
	p, err := newPlay(o.rules, o.watch)
	if err != nil {
		return false, err
	}
	t, err := newTracer(o.trace)
	if err != nil {
		return true, err
	}
	defer t.close()
	p.watch = t.watch
	p.quit = func() bool {
		opened = true
		return ctx.Err() != nil
	}
	ebiten.SetWindowTitle("Ricochet · Tutti")
	ebiten.SetWindowSize(o.width, o.height)
	ebiten.SetWindowSizeLimits(320, 180, -1, -1)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	err = ebiten.RunGameWithOptions(p, &ebiten.RunGameOptions{X11ClassName: "Ricochet", X11InstanceName: "ricochet"})
	if closed := p.match.Close(); err == nil {
		err = closed
	}
	return opened, err
}
