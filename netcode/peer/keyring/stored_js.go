package keyring

import (
	"errors"
	"fmt"
	"syscall/js"
	"time"

	"github.com/tuttiplay/tutti/netcode/peer"
)

// errStorage wraps what the browser said about localStorage.
var errStorage = errors.New("keyring: no localStorage")

// openStored takes the lock and then the key under it, or makes one. A
// [*DamagedError] is for the caller of Open, any other error for Ring.Why.
func openStored(cfg Config) (key peer.Key, release func() error, err error) {
	dir := cfg.Dir
	if dir == "" {
		dir = "tutti"
	}
	entry := dir + "/player-" + cfg.name()
	storage, err := property(js.Global(), "localStorage")
	if err != nil || !storage.Truthy() {
		return peer.Key{}, nil, errors.Join(errStorage, err)
	}
	deadline := time.Now().Add(openCap)
	for try := 0; ; try++ {
		release, err = lock(entry, time.Until(deadline))
		if !errors.Is(err, ErrHeld) || try == len(retryAfter) {
			break
		}
		time.Sleep(retryAfter[try])
	}
	if err != nil {
		return peer.Key{}, nil, err
	}
	key, err = readOrCreate(storage, entry)
	if err != nil {
		return peer.Key{}, nil, errors.Join(err, release())
	}
	return key, release, nil
}

// readOrCreate is called under the lock.
func readOrCreate(storage js.Value, entry string) (peer.Key, error) {
	got, err := call(storage, "getItem", entry)
	if err != nil {
		return peer.Key{}, errors.Join(errStorage, err)
	}
	if got.Type() == js.TypeString {
		key, problem := parse(got.String())
		if problem != "" {
			return peer.Key{}, &DamagedError{Path: fmt.Sprintf("localStorage[%q]", entry), Problem: problem}
		}
		return key, nil
	}
	key, err := newKey()
	if err != nil {
		return peer.Key{}, err
	}
	if _, err := call(storage, "setItem", entry, format(key)); err != nil {
		return peer.Key{}, errors.Join(errStorage, err)
	}
	return key, nil
}

// call is v.method(args...) with a JavaScript exception as an error.
func call(v js.Value, method string, args ...any) (got js.Value, err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case js.Error:
			err = thrown
		default: // v is nothing that has methods
			err = fmt.Errorf("%s: %v", method, thrown)
		}
	}()
	return v.Call(method, args...), nil
}

// property is v[name] with a JavaScript exception as an error. js.Value.Get
// would end the program on a getter that throws, as localStorage does where the
// user blocks it.
func property(v js.Value, name string) (js.Value, error) {
	return call(js.Global().Get("Reflect"), "get", v, name)
}
