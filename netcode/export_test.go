package netcode

import "github.com/tuttiplay/tutti/netcode/epoch"

// Debug describes the engine.
func (s *Session[M]) Debug() string {
	if s.core == nil {
		return "no core"
	}
	return s.core.String()
}

// Agreement tells where the engine stands in the agreement on the next epoch.
func (s *Session[M]) Agreement() epoch.State {
	if s.core == nil {
		return epoch.Normal
	}
	return s.core.Agreement()
}
