//go:build race && !js

package mesh

// underRace: everything takes ten times as long, and what is written at once is
// less often in one packet.
const underRace = true
