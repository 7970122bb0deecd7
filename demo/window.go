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
	a, err := newApp(o.rules, o.with, o.watch)
	if err != nil {
		return false, err
	}
	defer a.close()
	t, err := newTracer(o.trace)
	if err != nil {
		return true, err
	}
	defer t.close()
	a.quits, a.watch = true, t.watch
	if o.duo {
		second := &second{options: o}
		defer second.close()
		a.room = second.start
		ctx = second.follow(ctx)
	}
	if o.second {
		ctx = followInput(ctx, os.Stdin)
	}
	a.ended = func() bool {
		if !opened && (o.duo || o.second) {
			placeBeside(o)
		}
		opened = true
		return ctx.Err() != nil
	}
	ebiten.SetWindowTitle("Ricochet · Tutti")
	ebiten.SetWindowSize(o.width, o.height)
	ebiten.SetWindowSizeLimits(320, 180, -1, -1)
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	err = ebiten.RunGameWithOptions(a, &ebiten.RunGameOptions{X11ClassName: "Ricochet", X11InstanceName: "ricochet"})
	return opened, err
}

// placeBeside puts the window on the left half of the screen, or the second one on
// the right.
func placeBeside(o options) {
	w, h := ebiten.Monitor().Size()
	wide := min(o.width, w/2)
	high := min(o.height, wide*9/16)
	ebiten.SetWindowSize(wide, high)
	x := w/2 - wide
	if o.second {
		x = w / 2
	}
	ebiten.SetWindowPosition(x, (h-high)/2)
}
