package seal

// Key is what one agreement gave.
type Key struct {
	Pair    *Pair
	ID      [2]byte // by which a message says which of the keys it is sealed with
	Process uint64  // number of the other end's
}

// Ring is the keys of the last agreements with one member, newest first. Both ends
// may be a step apart, and the member may have started anew, so some are kept. It
// knows which one seals, and of which process what comes is. The zero Ring has
// none. It is not safe for concurrent use (callers lock); the pairs are.
type Ring struct {
	keys [3]*Key
	use  *Key // seals; nil is none
}

// Use is the key to seal with; nil if there is none yet.
func (r *Ring) Use() *Key { return r.use }

// Agreed takes the keys of a new agreement. Who offered knows that the other
// end has them; who answered uses them once the other end did.
func (r *Ring) Agreed(k *Key, offered bool) {
	for i, old := range r.keys {
		switch { // one in 65,536
		case old == nil || old.ID != k.ID:
		case old.Process == k.Process:
			return // the one that we have is good
		default:
			r.keys[i] = nil // of another process, which comes before this one
		}
	}
	copy(r.keys[1:], r.keys[:])
	r.keys[0] = k
	if r.use == nil || r.use.Process != k.Process || offered {
		r.use = k
	}
}

// Find returns the key that a message names, and how many newer ones there are;
// nil if there is none.
func (r *Ring) Find(id []byte) (k *Key, age int) {
	for i, k := range r.keys {
		if k != nil && string(k.ID[:]) == string(id) {
			return k, i
		}
	}
	return nil, 0
}

// Opened tells that the other end used a key that [Ring.Find] returned: something
// that it sealed did open.
func (r *Ring) Opened(k *Key, age int) {
	for i, other := range r.keys {
		switch {
		case other == nil:
		case other == r.use && i > age:
			r.use = k
		case other.Process != k.Process && i > age:
			r.keys[i] = nil // of a process that is no more
		}
	}
}

// Outlived says whether a later key is of another process. What is sealed with k
// was then held back by somebody, and speaks for nobody who lives.
func (r *Ring) Outlived(k *Key) bool {
	for _, later := range r.keys {
		switch {
		case later == k:
			return false
		case later != nil && later.Process != k.Process:
			return true
		}
	}
	return true // forgotten meanwhile
}

// Lives forgets the keys of processes before this one, which is known to live.
func (r *Ring) Lives(process uint64) {
	found := false
	for i, k := range r.keys {
		switch {
		case k == nil:
		case k.Process == process:
			found = true
		case found:
			r.keys[i] = nil
		}
	}
	if r.use != nil && r.use.Process != process {
		for _, k := range r.keys {
			if k != nil && k.Process == process {
				r.use = k
				break
			}
		}
	}
}
