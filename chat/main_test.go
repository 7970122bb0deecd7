//go:build !js

package chat

import (
	"testing"

	"go.uber.org/goleak"
)

// In a page the runtime has a goroutine of its own that goleak does not know.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
