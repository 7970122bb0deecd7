// Package weather says what a network does to packets: it delays, loses,
// reorders, duplicates and queues them. A [Weather] describes one direction of
// one path, a [Path] is that direction at work.
//
// The package is pure: no goroutine, no clock, no global, no float. Time is an
// argument, chance is a seeded [Dice], and shares are integers, so one seed
// gives the same weather on every machine and in every browser.
package weather
