package sim

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tuttiplay/tutti/netcode/fixp"
)

// ErrState is what every error of [World.Load] wraps: the bytes are no state that
// this version of the game can be in.
var ErrState = errors.New("sim: not a state of this game")

// Load implements netcode.Saver. It takes bytes of any origin: a state that no
// Save can have written is refused with an error that wraps [ErrState], and so is
// one of another match than Start began. Then the world is unchanged.
func (w *World) Load(src []byte) error {
	var s state
	if err := s.decode(src); err != nil {
		return err
	}
	if err := s.validate(); err != nil {
		return err
	}
	if w.n != 0 && (w.n != s.n || w.seed != s.seed) {
		return fmt.Errorf("%w: of another match", ErrState)
	}
	w.state = s
	w.log.advance(w.frame)
	return nil
}

// decode reads the bytes and checks only their shape.
func (s *state) decode(src []byte) error {
	if len(src) < headSize {
		return fmt.Errorf("%w: %d bytes", ErrState, len(src))
	}
	if src[0] != version {
		return fmt.Errorf("%w: version %d, want %d", ErrState, src[0], version)
	}
	s.n = src[1]
	if s.n < MinShips || s.n > MaxShips || s.n%2 != 0 {
		return fmt.Errorf("%w: %d ships", ErrState, s.n)
	}
	if len(src) != stateSize(int(s.n)) {
		return fmt.Errorf("%w: %d bytes, want %d", ErrState, len(src), stateSize(int(s.n)))
	}
	le := binary.LittleEndian
	s.phase, s.touch = Phase(src[2]), src[3]
	s.seed = le.Uint64(src[4:])
	s.rand = fixp.RandAt(le.Uint64(src[12:]))
	s.frame = le.Uint32(src[20:])
	s.round = le.Uint16(src[24:])
	s.timer = le.Uint16(src[26:])
	s.clock = le.Uint16(src[28:])
	s.score = [2]uint8{src[30], src[31]}
	s.wins = [2]uint8{src[32], src[33]}
	s.jam = src[34]
	s.puck.load(src[headSize:])
	src = src[headSize+bodySize:]
	for i := range s.ships[:s.n] {
		ship, b := &s.ships[i], src[i*shipSize:][:shipSize]
		ship.load(b)
		b = b[bodySize:]
		if b[0]&^flagsUsed != 0 {
			return fmt.Errorf("%w: ship %d has flags %#x", ErrState, i, b[0])
		}
		ship.facing = dir(b[0] % byte(dirs))
		ship.held, ship.ready, ship.human = b[0]&flagHeld != 0, b[0]&flagReady != 0, b[0]&flagHuman != 0
		ship.dash, ship.cooldown, ship.emote, ship.emoteFor = b[1], b[2], b[3], b[4]
	}
	return nil
}

func (b *body) load(src []byte) {
	le := binary.LittleEndian
	b.pos = fixp.Vec2{X: fixp.Q16(le.Uint32(src)), Y: fixp.Q16(le.Uint32(src[4:]))}
	b.vel = fixp.Vec2{X: fixp.Q16(le.Uint32(src[8:])), Y: fixp.Q16(le.Uint32(src[12:]))}
}

// validate reports why Step could not have left the state, nil if it could: the
// ranges here are what the rest of the package relies on.
func (s *state) validate() error {
	if s.phase >= phases {
		return fmt.Errorf("%w: phase %d", ErrState, s.phase)
	}
	// A phase with a timer ends on the step that brings it to 0; play has none.
	timed := s.phase != Play
	if s.timer > phaseFrames[s.phase] || timed != (s.timer > 0) {
		return fmt.Errorf("%w: timer %d in %s", ErrState, s.timer, s.phase)
	}
	running := s.phase == Countdown || s.phase == Play
	if s.clock > MatchFrames || running && s.clock == 0 || s.phase == Result && s.clock != 0 {
		return fmt.Errorf("%w: clock %d in %s", ErrState, s.clock, s.phase)
	}
	if max(s.score[0], s.score[1], s.wins[0], s.wins[1]) > maxCount {
		return fmt.Errorf("%w: score %d, wins %d", ErrState, s.score, s.wins)
	}
	if s.touch != noSeat && s.touch >= s.n {
		return fmt.Errorf("%w: puck touched by ship %d", ErrState, s.touch)
	}
	if s.jam >= jamFrames {
		return fmt.Errorf("%w: jammed for %d frames", ErrState, s.jam)
	}
	if !s.puck.valid(q(PuckRadius), maxPuckSpeed, true) {
		return fmt.Errorf("%w: puck at %v, speed %v", ErrState, s.puck.pos, s.puck.vel)
	}
	for i := range s.ships[:s.n] {
		if err := s.ships[i].validate(s.phase); err != nil {
			return fmt.Errorf("%w: ship %d: %v", ErrState, i, err)
		}
	}
	return nil
}

// speedSlack is what rounding may add to a capped speed.
const speedSlack = 64

// valid reports whether the body is in the arena and no faster than it can be.
func (b *body) valid(r, top fixp.Q16, puck bool) bool {
	return inside(b.pos, r, puck) && b.vel.Within(top+speedSlack)
}

func (s *ship) validate(p Phase) error {
	switch {
	case !s.valid(q(ShipRadius), maxShipSpeed, false):
		return fmt.Errorf("at %v, speed %v", s.pos, s.vel)
	case s.dash > dashFrames || s.cooldown > dashCooldown:
		return fmt.Errorf("dash %d, cooldown %d", s.dash, s.cooldown)
	case s.emote > Emotes || s.emoteFor > EmoteFrames || (s.emote == 0) != (s.emoteFor == 0):
		return fmt.Errorf("emote %d for %d", s.emote, s.emoteFor)
	case s.ready && (p != Result || !s.human):
		return fmt.Errorf("ready in %s", p)
	}
	return nil
}
