package nat

import (
	"errors"
	"testing"
)

func TestNotInBrowser(t *testing.T) {
	cfg := Config{Servers: []string{"stun:a.example"}}
	if _, err := Probe(t.Context(), cfg); !errors.Is(err, ErrNotInBrowser) {
		t.Error(err)
	}
	p := Start(cfg)
	p.done.Wait()
	if _, ok := p.Report(); ok || !errors.Is(p.Err(), ErrNotInBrowser) {
		t.Errorf("%v, %v", ok, p.Err())
	}
	p.Close()
	var e *ServerError
	if _, err := Probe(t.Context(), Config{Servers: []string{"x"}}); !errors.As(err, &e) {
		t.Error(err)
	}
}
