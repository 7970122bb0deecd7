//go:build !js

package main

import (
	"context"

	"github.com/tuttiplay/tutti/nat"
)

var askRouter func(context.Context) nat.Router
