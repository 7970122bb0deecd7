//go:build !js

package main

import "github.com/tuttiplay/tutti/demo/menu"

// soft is a keyboard on the screen, which a window does without.
type soft struct{}

func (soft) read(*menu.Input) {}

func (soft) offer(*menu.Item, bool) {}
