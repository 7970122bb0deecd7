//go:build !js

// Package page builds the demo for the browser and serves it on this machine.
// A [Site] holds everything in memory: what the go command writes goes to a
// temporary folder that is gone when [Build] returns, so it works from a
// checkout and from the read-only module cache alike.
package page
