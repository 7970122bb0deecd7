//go:build !js

package rendezvous

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Entry is one room in a [Store], as bytes.
type Entry struct {
	Key      string // the room's code
	Value    []byte // nobody changes it; nil if Deleted
	Revision uint64 // goes up with every change of the store
	Deleted  bool
}

var (
	// ErrNotFound is returned by [Store.Get] for a key that is not there.
	ErrNotFound = errors.New("rendezvous: no such key in the store")
	// ErrExists is returned by [Store.Create] for a key that is there.
	ErrExists = errors.New("rendezvous: the key exists in the store")
	// ErrConflict is returned by [Store.Update] and [Store.Delete] if somebody
	// else has changed the key since that revision.
	ErrConflict = errors.New("rendezvous: the key has changed in the store")
)

// Store keeps rooms. Every change names the revision that it changes, so two
// writers never overwrite each other. The methods are safe for concurrent use
// and may block on a network until ctx ends; errors other than the three above
// mean that the store cannot be reached. Implementations: [Memory].
type Store interface {
	// Get returns what is stored, or [ErrNotFound].
	Get(ctx context.Context, key string) (Entry, error)
	// Create stores a new key and returns its revision, or [ErrExists].
	Create(ctx context.Context, key string, value []byte) (uint64, error)
	// Update replaces the value that has that revision and returns the new
	// revision, or [ErrConflict].
	Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
	// Delete removes the key that has that revision, or returns [ErrConflict].
	Delete(ctx context.Context, key string, revision uint64) error
	// Watch calls f for each entry there is before it returns, and then for
	// each change, in the order of their revisions, until stop is called. f
	// runs on any goroutine, one call at a time, returns at once and does not
	// call the store.
	Watch(f func(Entry)) (stop func(), err error)
}

// Memory is a [Store] that ends with the process. It never blocks.
type Memory struct {
	mu       sync.Mutex
	entries  map[string]Entry
	revision uint64
	watchers []*func(Entry)
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{entries: map[string]Entry{}} }

// Get implements [Store].
func (m *Memory) Get(_ context.Context, key string) (Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if !ok {
		return Entry{}, ErrNotFound
	}
	return e, nil
}

// Create implements [Store].
func (m *Memory) Create(_ context.Context, key string, value []byte) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[key]; ok {
		return 0, ErrExists
	}
	return m.put(Entry{Key: key, Value: slices.Clone(value)}), nil
}

// Update implements [Store].
func (m *Memory) Update(_ context.Context, key string, value []byte, revision uint64) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.entries[key]; !ok || e.Revision != revision {
		return 0, ErrConflict
	}
	return m.put(Entry{Key: key, Value: slices.Clone(value)}), nil
}

// Delete implements [Store].
func (m *Memory) Delete(_ context.Context, key string, revision uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.entries[key]; !ok || e.Revision != revision {
		return ErrConflict
	}
	m.put(Entry{Key: key, Deleted: true})
	return nil
}

// Watch implements [Store]; f is called on the goroutine that makes the change.
func (m *Memory) Watch(f func(Entry)) (stop func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		f(e)
	}
	mine := &f
	m.watchers = append(m.watchers, mine)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.watchers = slices.DeleteFunc(m.watchers, func(w *func(Entry)) bool { return w == mine })
	}, nil
}

// put stores e under the next revision and tells who watches. m.mu is held.
func (m *Memory) put(e Entry) uint64 {
	m.revision++
	e.Revision = m.revision
	if e.Deleted {
		delete(m.entries, e.Key)
	} else {
		m.entries[e.Key] = e
	}
	for _, w := range m.watchers {
		(*w)(e)
	}
	return e.Revision
}
