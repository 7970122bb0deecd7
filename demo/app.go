package main

import (
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/tuttiplay/tutti/demo/menu"
	"github.com/tuttiplay/tutti/demo/pad"
	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/demo/stage"
)

// app is the desk with a picture, in a window or in a page.
type app struct {
	*desk
	stage stage.Stage
	pad   pad.Pad
	hand  hand
	last  time.Time
	shape menu.Shape
	wide  int // of the picture, pixels
	high  int
	shown *party.Match
	ended func() bool // asked once per Update; nil is never
	watch func(facts) // told once per Update; nil is nobody
}

// newApp returns the game, ready for ebiten.RunGame.
func newApp(r rules, with together, auto bool) (*app, error) {
	d, err := newDesk(r, with, auto)
	if err != nil {
		return nil, err
	}
	a := &app{desk: d, shape: menu.Shape{W: menu.Side, H: menu.Side}, wide: 1, high: 1}
	a.say = a.stage.Say
	return a, nil
}

// Update gives what the player does to the desk, which steps what is due.
func (a *app) Update() error {
	if a.quit || a.ended != nil && a.ended() {
		return ebiten.Termination
	}
	next := a.Frame
	if m := a.playing(); m != nil {
		next = m.Stats().Frame
	}
	keys, emote := a.pad.Read(next), a.pad.Emote()
	in := a.hand.read(a.wide, a.high, &a.clip)
	if err := a.update(in, keys, emote, a.shape); err != nil {
		return err
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyF3) {
		a.stage.Detail = a.stage.Detail.Next()
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyF11) {
		ebiten.SetFullscreen(!ebiten.IsFullscreen())
	}
	a.stage.Touch = a.stage.Touch || a.pad.Touched()
	a.touch = a.stage.Touch
	a.stage.Thumb = stage.Thumb{}
	if fromX, fromY, x, y, ok := a.pad.Stick(); ok && a.panel == nil {
		a.stage.Thumb = stage.Thumb{FromX: fromX, FromY: fromY, X: x, Y: y, Steers: true}
	}
	a.hand.offer(a.typing(), a.stage.Touch)
	if a.watch != nil {
		a.watch(a.facts)
	}
	return nil
}

// Draw shows things as they are now. Light and sparks follow the pictures, not the
// Updates: a slow machine runs several of those per picture.
func (a *app) Draw(screen *ebiten.Image) {
	now := time.Now()
	if a.last.IsZero() {
		a.last = now
	}
	dt := now.Sub(a.last)
	a.last = now
	if m := a.playing(); m != nil {
		a.drawMatch(screen, m, dt)
	} else {
		a.stage.Rest(dt)
		a.stage.DrawRoom(screen, &a.lounge)
	}
	if a.panel != nil {
		a.stage.DrawPanel(screen, a.panel)
	}
}

// drawMatch shows a match and the talk over it.
func (a *app) drawMatch(screen *ebiten.Image, m *party.Match, dt time.Duration) {
	if m != a.shown {
		a.shown = m
		a.stage.Begin(m.Seat())
	}
	a.stage.Names = [len(a.stage.Names)]string{}
	if a.party != nil {
		names := a.party.Names()
		copy(a.stage.Names[:], names[:])
	}
	st := m.Stats()
	if a.panel != nil && a.party == nil {
		dt = 0
		a.stage.Blink()
	}
	a.stage.Busy = a.talking
	a.stage.Pass(m.World, st, dt)
	a.stage.Draw(screen, m.World, st)
	hint := "ESC"
	if a.stage.Touch {
		hint = "MENU"
	}
	if a.party == nil {
		hint += " · PLAY WITH FRIENDS"
	}
	if a.panel == nil {
		a.stage.DrawCorner(screen, hint)
	}
	if a.party == nil {
		return
	}
	var line *menu.Item
	if a.talking {
		line = &a.talk
	}
	a.stage.DrawTalk(screen, a.spoken(a.talking), line)
}

// Layout asks for every pixel that the window has.
func (a *app) Layout(int, int) (int, int) { panic("Ebitengine prefers LayoutF") }

// LayoutF implements [ebiten.LayoutFer].
func (a *app) LayoutF(wide, high float64) (float64, float64) {
	density := ebiten.Monitor().DeviceScaleFactor()
	wide, high = max(1, wide*density), max(1, high*density)
	a.wide, a.high = int(wide), int(high)
	a.shape, _ = menu.Fit(a.wide, a.high)
	a.pad.Resize(a.wide, density)
	return wide, high
}
