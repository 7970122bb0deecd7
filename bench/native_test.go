//go:build !js

package main

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain looks for goroutines that outlive their table.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
