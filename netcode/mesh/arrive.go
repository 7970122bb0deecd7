package mesh

// maxPending bounds the messages of one connection that wait for the mesh's
// goroutine, in bytes. Only a page has such: there the browser reads ahead.
const (
	maxPending = 4 << 20
	noteCost   = 256 // of any message, on top of its bytes
)

// arrive queues a message that the mesh's goroutine is to receive; fill writes
// its n bytes. Order is kept over all lanes.
func (w *way) arrive(on lane, isText bool, n int, fill func([]byte)) {
	switch {
	case w.dead.Load():
	case n > on.limit():
		w.fail(Junk, errOver)
	case w.pending.Load()+int64(n)+noteCost > maxPending:
		if on != movesLane {
			w.fail(Junk, errOver) // a reliable message cannot be dropped
		}
	default:
		w.pending.Add(int64(n) + noteCost)
		w.m.notes.message(w, on, isText, n, fill)
	}
}
