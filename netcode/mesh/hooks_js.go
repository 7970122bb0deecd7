package mesh

// hooks are what tests change of a mesh: nothing, in a page.
type hooks struct{}
