// Package sim is the rules of Ricochet, Tutti's sample game: two teams of small
// ships, a puck that bounces off everything, two goals, 90 seconds. It knows
// nothing of windows or networks, only integers, so it runs headless in tests, in
// the Lab page and in a bot process.
//
// [World] is the whole game: give it to netcode.New as the Game, draw it through
// its read-only methods ([World.Ship], [World.Puck], [World.Phase] and so on).
// Bots, countdown, result and rematch are part of the simulation, so every machine
// sees the same ones and nobody hosts them.
//
// Space is measured in units with the origin in the centre, x to the right and
// y downwards; a front end draws one unit as one pixel or scales it. Time is
// measured in frames, 60 to the second. Everything is symmetric: swapping left and
// right and the teams gives exactly the mirrored match.
package sim
