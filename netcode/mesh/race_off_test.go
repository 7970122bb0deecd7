//go:build !race && !js

package mesh

const underRace = false
