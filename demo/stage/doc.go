// Package stage shows a match: it looks at a sim.World through its read-only
// methods and draws arena, ships, light and score. Nothing here reaches back into
// the simulation, so it may use floats, clocks and chance as it likes: two
// machines show the same match with different sparks.
package stage
