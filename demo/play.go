package main

import (
	"fmt"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/tuttiplay/tutti/demo/pad"
	"github.com/tuttiplay/tutti/demo/party"
	"github.com/tuttiplay/tutti/demo/sim"
	"github.com/tuttiplay/tutti/demo/stage"
	"github.com/tuttiplay/tutti/netcode"
)

// mySeat is the seat of the player at this machine.
const mySeat = 0

// play is a match on the screen, in a window or in a page.
type play struct {
	watcher
	match *party.Match
	stage stage.Stage
	pad   pad.Pad
	last  time.Time
	auto  bool                                // a bot plays the own seat, too
	quit  func() bool                         // asked once per Update; nil is never
	watch func(facts) // told once per Update; nil is nobody
}

// newPlay returns a match by these rules, ready for ebiten.RunGame.
func newPlay(r rules, auto bool) (*play, error) {
	m, err := r.solo()
	if err != nil {
		return nil, err
	}
	p := &play{auto: auto}
	p.stage.Seat = mySeat
	p.match = m
	return p, nil
}

// Update gives the player's keys to the session, which steps what is due.
func (p *play) Update() error {
	if p.quit != nil && p.quit() {
		return ebiten.Termination
	}
	keys := p.pad.Read(p.match.Stats().Frame)
	if p.auto {
		keys = sim.Bot(p.match.World, mySeat)
	}
	if err := p.match.Tick(keys); err != nil {
		return err
	}
	if emote := p.pad.Emote(); emote > 0 {
		if err := p.match.Emote(emote); err != nil {
			p.stage.Say(err.Error())
		}
	}
	for _, e := range p.match.News() {
		p.stage.Say(p.tell(e))
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyF3) {
		p.stage.Detail = p.stage.Detail.Next()
	}
	if inpututil.IsKeyJustPressed(ebiten.KeyF11) {
		ebiten.SetFullscreen(!ebiten.IsFullscreen())
	}
	p.stage.Touch = p.stage.Touch || p.pad.Touched()
	p.stage.Thumb = stage.Thumb{}
	if fromX, fromY, x, y, ok := p.pad.Stick(); ok {
		p.stage.Thumb = stage.Thumb{FromX: fromX, FromY: fromY, X: x, Y: y, Steers: true}
	}
	if p.watch != nil {
		p.look(p.match, nil)
		p.watch(p.facts)
	}
	return nil
}

// tell puts an event into words for the player.
func (p *play) tell(e netcode.Event) string {
	if begun, ok := e.(netcode.Started); ok && len(begun.Match.Peers()) == 1 {
		return fmt.Sprintf("you and %d bots", p.match.World.Ships()-1)
	}
	return e.String()
}

// Draw shows the match as it is now. Light and sparks follow the pictures, not the
// Updates: a slow machine runs several of those per picture.
func (p *play) Draw(screen *ebiten.Image) {
	now := time.Now()
	if p.last.IsZero() {
		p.last = now
	}
	st := p.match.Stats()
	p.stage.Pass(p.match.World, st, now.Sub(p.last))
	p.last = now
	p.stage.Draw(screen, p.match.World, st)
}

// Layout asks for every pixel that the window has.
func (p *play) Layout(int, int) (int, int) { panic("Ebitengine prefers LayoutF") }

// LayoutF implements [ebiten.LayoutFer].
func (p *play) LayoutF(wide, high float64) (float64, float64) {
	density := ebiten.Monitor().DeviceScaleFactor()
	wide, high = max(1, wide*density), max(1, high*density)
	p.pad.Resize(int(wide), density)
	return wide, high
}
