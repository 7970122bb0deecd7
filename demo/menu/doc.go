// Package menu is what happens on the screens around a match: buttons, lines to
// type in, the room with its seats and its talk. It decides and lays out; package
// stage draws it. Nothing here knows a window, so tests play it without one.
//
// Lengths are units: the shorter side of the picture is [Side] of them, and the
// origin is in its middle.
package menu
