//go:build !js

package mesh

// hooks are what tests change of a mesh.
type hooks struct {
	// plain is for tests: descriptions as a browser writes them, without what our
	// own sockets tell each other.
	plain bool
}
