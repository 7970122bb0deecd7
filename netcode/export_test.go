package netcode

// Debug describes the engine.
func (s *Session[M]) Debug() string {
	if s.core == nil {
		return "no core"
	}
	return s.core.String()
}
