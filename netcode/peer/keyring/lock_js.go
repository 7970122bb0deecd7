package keyring

import (
	"errors"
	"sync"
	"syscall/js"
	"time"
)

// openCap is the longest that Open waits for the browser in all.
const openCap = 500 * time.Millisecond

// retryAfter is how long Open waits before it asks again for a key that is
// held: a page that is being reloaded may find its former self still there.
var retryAfter = [...]time.Duration{100 * time.Millisecond, 150 * time.Millisecond}

var (
	errNoLocks = errors.New("keyring: no navigator.locks; it needs https or localhost")
	errSlow    = errors.New("keyring: the browser did not answer in time")
)

// lock asks the Web Locks API for name and waits at most wait for the answer;
// [ErrHeld] if another page has it. The browser calls back with the lock and
// keeps it for us until the promise that the callback returns is resolved,
// which release does, or until the page is gone.
func lock(name string, wait time.Duration) (release func() error, err error) {
	navigator, err := property(js.Global(), "navigator")
	if err != nil || !navigator.Truthy() {
		return nil, errors.Join(errNoLocks, err)
	}
	locks, err := property(navigator, "locks")
	if err != nil || !locks.Truthy() {
		return nil, errors.Join(errNoLocks, err)
	}

	// The callbacks run on the event loop and never wait: answer has room for
	// the one thing that is sent.
	var (
		mu      sync.Mutex
		gaveUp  bool
		resolve js.Value
		answer  = make(chan error, 1)
	)
	tell := func(err error) {
		select {
		case answer <- err:
		default:
		}
	}
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		resolve = args[0]
		return nil
	})
	granted := js.FuncOf(func(_ js.Value, args []js.Value) any {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case gaveUp: // returning no promise lets go of the lock at once
			return nil
		case len(args) == 0 || args[0].IsNull():
			tell(ErrHeld)
			return nil
		}
		promise := js.Global().Get("Promise").New(executor)
		tell(nil)
		return promise
	})
	// settled runs when the request is over, whichever way, and is the last to
	// run.
	var settled js.Func
	settled = js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) > 0 && args[0].Type() == js.TypeObject {
			tell(js.Error{Value: args[0]})
		}
		executor.Release()
		granted.Release()
		settled.Release()
		return nil
	})
	options := js.Global().Get("Object").New()
	options.Set("mode", "exclusive")
	options.Set("ifAvailable", true)
	request, err := call(locks, "request", name, options, granted)
	if err == nil {
		_, err = call(request, "then", settled, settled)
	}
	if err != nil {
		return nil, errors.Join(errNoLocks, err)
	}

	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	select {
	case err = <-answer:
	case <-timeout.C:
		mu.Lock()
		gaveUp = true
		mu.Unlock()
		// The answer may have come between the timer and the mutex.
		select {
		case err = <-answer:
		default:
			err = errSlow
		}
	}
	if err != nil {
		return nil, err
	}
	return func() error {
		resolve.Invoke()
		return nil
	}, nil
}
