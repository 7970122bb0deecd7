package roomstate

import "github.com/tuttiplay/tutti/netcode/peer/cleantext"

// NoName stands for a name of which nothing can be seen.
const NoName = "Player"

// CleanName returns s as other players may see it: what [cleantext.Name] leaves
// of it, or [NoName]. Cleaning twice changes nothing.
func CleanName(s string) string {
	if name := cleantext.Name(s); name != "" {
		return name
	}
	return NoName
}
