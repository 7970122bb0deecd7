package keyring

import (
	"errors"
	"strings"
	"syscall/js"
	"testing"
	"time"
)

// browser puts a localStorage and a navigator.locks that behave as a browser's
// do into the page for one test, and returns both. How a real browser answers
// is for the page's own tests.
func browser(t *testing.T) (storage, locks js.Value) {
	t.Helper()
	made := js.Global().Call("eval", `(() => {
		const items = new Map();
		const storage = {
			getItem: (k) => items.has(k) ? items.get(k) : null,
			setItem: (k, v) => { if (storage.full) throw new Error("QuotaExceededError"); items.set(k, v); },
			full: false,
		};
		const held = new Set();
		const locks = {
			mode: "", late: null, held,
			request: async (name, options, granted) => {
				if (locks.mode === "refuse") throw new Error("SecurityError");
				if (locks.mode === "mute") await new Promise((answer) => { locks.late = answer; });
				if (held.has(name)) return granted(null);
				held.add(name);
				try { return await granted({ name, mode: options.mode }); } finally { held.delete(name); }
			},
		};
		return { storage, locks };
	})()`)
	storage, locks = made.Get("storage"), made.Get("locks")
	navigator := js.Global().Get("Object").New()
	navigator.Set("locks", locks)
	define(t, "localStorage", map[string]any{"value": storage})
	define(t, "navigator", map[string]any{"value": navigator})
	return storage, locks
}

// define gives the page a property for the time of a test.
func define(t *testing.T, name string, descriptor map[string]any) {
	t.Helper()
	object := js.Global().Get("Object")
	was := object.Call("getOwnPropertyDescriptor", js.Global(), name)
	descriptor["configurable"] = true
	object.Call("defineProperty", js.Global(), name, descriptor)
	t.Cleanup(func() {
		js.Global().Get("Reflect").Call("deleteProperty", js.Global(), name)
		if was.Truthy() {
			object.Call("defineProperty", js.Global(), name, was)
		}
	})
}

// turn waits until the event loop has gone round, so that what promises set
// off has run.
func turn() {
	done := make(chan struct{})
	f := js.FuncOf(func(js.Value, []js.Value) any { close(done); return nil })
	defer f.Release()
	js.Global().Call("setTimeout", f, 0)
	<-done
}

func TestPageKeepsItsKey(t *testing.T) {
	storage, locks := browser(t)
	first := open(t, Config{})
	if first.Ephemeral() || first.Why() != nil {
		t.Fatalf("ephemeral %v, why %v", first.Ephemeral(), first.Why())
	}
	if got := storage.Call("getItem", "tutti/player-default"); got.String() != format(first.Key()) {
		t.Errorf("stored %v", got)
	}
	second := open(t, Config{})
	if !second.Ephemeral() || !errors.Is(second.Why(), ErrHeld) || second.Key().ID() == first.Key().ID() {
		t.Errorf("second page: %v, why %v", second.Key(), second.Why())
	}
	if other := open(t, Config{Dir: "game", Name: "two"}); other.Ephemeral() || other.Key().ID() == first.Key().ID() {
		t.Errorf("another name: %v, why %v", other.Key(), other.Why())
	}
	_, _ = first.Close(), first.Close()
	turn()
	if again := open(t, Config{}); again.Ephemeral() || again.Key().ID() != first.Key().ID() {
		t.Errorf("after close: %v, why %v, want %v", again.Key(), again.Why(), first.Key())
	}
	if n := locks.Get("held").Get("size").Int(); n != 2 {
		t.Errorf("%d locks are held, want 2", n)
	}
}

// A page that is reloaded meets its former self.
func TestReloadedPageWaitsForItsKey(t *testing.T) {
	browser(t)
	before := open(t, Config{})
	closing := time.AfterFunc(50*time.Millisecond, func() { _ = before.Close() })
	defer closing.Stop()
	if after := open(t, Config{}); after.Ephemeral() || after.Key().ID() != before.Key().ID() {
		t.Errorf("%v, why %v, want %v", after.Key(), after.Why(), before.Key())
	}
}

func TestPageWithoutStorageOrLocks(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, storage, locks js.Value)
		want   error // nil is any
	}{
		"no storage":   {func(t *testing.T, _, _ js.Value) { define(t, "localStorage", map[string]any{"value": nil}) }, errStorage},
		"blocked":      {func(t *testing.T, _, _ js.Value) { define(t, "localStorage", map[string]any{"get": raise()}) }, errStorage},
		"full":         {func(_ *testing.T, s, _ js.Value) { s.Set("full", true) }, errStorage},
		"no navigator": {func(t *testing.T, _, _ js.Value) { define(t, "navigator", map[string]any{"value": nil}) }, errNoLocks},
		"no locks":     {func(t *testing.T, _, _ js.Value) { js.Global().Get("navigator").Set("locks", js.Undefined()) }, errNoLocks},
		"refused":      {func(_ *testing.T, _, l js.Value) { l.Set("mode", "refuse") }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			storage, locks := browser(t)
			c.change(t, storage, locks)
			r := open(t, Config{})
			if !r.Ephemeral() || r.Why() == nil || r.Key().IsZero() || c.want != nil && !errors.Is(r.Why(), c.want) {
				t.Errorf("ephemeral %v, why %v; want %v", r.Ephemeral(), r.Why(), c.want)
			}
			turn()
			if n := locks.Get("held").Get("size").Int(); n != 0 {
				t.Errorf("%d locks are held", n)
			}
		})
	}
}

// raise is a JavaScript function that throws.
func raise() js.Value {
	return js.Global().Call("eval", `() => { throw new Error("SecurityError: blocked") }`)
}

func TestMuteBrowserCostsHalfASecond(t *testing.T) {
	_, locks := browser(t)
	locks.Set("mode", "mute")
	r := open(t, Config{})
	if !r.Ephemeral() || !errors.Is(r.Why(), errSlow) {
		t.Fatalf("ephemeral %v, why %v", r.Ephemeral(), r.Why())
	}
	// The answer that comes too late must not keep the key from the next page.
	locks.Set("mode", "")
	locks.Get("late").Invoke()
	turn()
	turn()
	if n := locks.Get("held").Get("size").Int(); n != 0 {
		t.Errorf("%d locks are held by nobody", n)
	}
	if next := open(t, Config{}); next.Ephemeral() {
		t.Errorf("next page: %v", next.Why())
	}
}

func TestPageDoesNotOverwriteADamagedKey(t *testing.T) {
	storage, locks := browser(t)
	for text, want := range damaged() {
		storage.Call("setItem", "tutti/player-default", text)
		_, err := Open(Config{})
		var e *DamagedError
		if !errors.As(err, &e) || e.Path != `localStorage["tutti/player-default"]` || !strings.Contains(e.Problem, want) {
			t.Errorf("%q: %v", text, err)
		}
		if now := storage.Call("getItem", "tutti/player-default").String(); now != text {
			t.Errorf("%q became %q", text, now)
		}
		turn()
	}
	if n := locks.Get("held").Get("size").Int(); n != 0 {
		t.Errorf("%d locks are held", n)
	}
}
