//go:build !js

package nat

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/portmap"
)

// fakePorts is a router that answers as the test wants.
type fakePorts struct {
	answers []fakePort // the last one stays
	opened  []time.Duration
	shut    int
	begun   time.Time
}

type fakePort struct {
	external string
	lease    time.Duration
	err      error
}

func (f *fakePorts) Name() string { return "fake" }

func (f *fakePorts) Open(context.Context, uint16) (netip.AddrPort, time.Duration, error) {
	f.opened = append(f.opened, time.Since(f.begun))
	a := f.answers[0]
	if len(f.answers) > 1 {
		f.answers = f.answers[1:]
	}
	if a.err != nil {
		return netip.AddrPort{}, 0, a.err
	}
	return netip.MustParseAddrPort(a.external), a.lease, nil
}

func (f *fakePorts) Shut(context.Context, uint16) error {
	f.shut++
	return nil
}

// keepFake opens a port that lasts ten minutes and keeps it; end says when the
// player goes, 0 never.
func keepFake(t *testing.T, end time.Duration, answers ...fakePort) (f *fakePorts, states []netip.AddrPort, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f = &fakePorts{answers: answers, begun: time.Now()}
		p := &Port{cfg: PortConfig{InternalPort: 4000}.resolve()}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if end > 0 {
			time.AfterFunc(end, cancel)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			err = p.keep(ctx, f, netip.MustParseAddrPort("192.0.2.1:4000"), 10*time.Minute)
		}()
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			if e, ok := p.External(); ok && (len(states) == 0 || states[len(states)-1] != e) {
				states = append(states, e)
			}
		}
	})
	return f, states, err
}

func TestPortIsRenewedAndShut(t *testing.T) {
	f, states, err := keepFake(t, time.Hour,
		fakePort{"192.0.2.1:4000", 20 * time.Minute, nil}, fakePort{"192.0.2.9:4001", 20 * time.Minute, nil})
	want := []time.Duration{5 * time.Minute, 15 * time.Minute, 25 * time.Minute, 35 * time.Minute, 45 * time.Minute, 55 * time.Minute}
	if err != nil || f.shut != 1 || len(f.opened) != len(want) {
		t.Fatalf("renewed after %v, shut %d times, %v; want %v", f.opened, f.shut, err, want)
	}
	for i, at := range f.opened {
		if at != want[i] {
			t.Errorf("renewal %d after %v, want %v", i, at, want[i])
		}
	}
	if len(states) != 2 || states[1] != netip.MustParseAddrPort("192.0.2.9:4001") {
		t.Errorf("addresses %v", states)
	}
}

// One lost question is no reason to give up; a router that has gone is.
func TestPortOfARouterThatFails(t *testing.T) {
	silence := errors.New("silence")
	f, _, err := keepFake(t, 20*time.Minute, fakePort{"", 0, silence}, fakePort{"192.0.2.1:4000", time.Hour, nil})
	if err != nil || f.shut != 1 || len(f.opened) != 2 || f.opened[1] != 5*time.Minute+time.Second {
		t.Errorf("renewed after %v, shut %d times, %v", f.opened, f.shut, err)
	}
	f, _, err = keepFake(t, 0, fakePort{"", 0, silence})
	if !errors.Is(err, silence) || f.shut != 1 || len(f.opened) != 3 {
		t.Errorf("renewed after %v, shut %d times, %v", f.opened, f.shut, err)
	}
}

func TestPortBehindAnother(t *testing.T) {
	f, _, err := keepFake(t, 0, fakePort{"100.64.3.4:4000", time.Hour, nil})
	if !errors.Is(err, ErrBehindAnother) || f.shut != 1 {
		t.Errorf("shut %d times, %v", f.shut, err)
	}
	for text, want := range map[string]bool{
		"8.8.8.8": true, "192.0.2.1": true, "10.0.0.1": false, "192.168.1.1": false, "172.16.0.1": false, "100.64.0.1": false,
		"169.254.1.1": false, "127.0.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "::ffff:10.0.0.1": false,
	} {
		if reachable(netip.MustParseAddr(text)) != want {
			t.Errorf("%s: want %t", text, want)
		}
	}
}

// TestPortTellsTheBestReason: of a router that refuses, one that helps nobody
// and silence.
func TestPortTellsTheBestReason(t *testing.T) {
	refused := &portmap.RefusedError{Via: "fake", Err: errors.New("no")}
	p := &Port{cfg: PortConfig{InternalPort: 4000}.resolve()}
	for _, tc := range []struct {
		name    string
		answers []fakePort
		want    error
		shut    int
	}{
		{"silence", []fakePort{{"", 0, errors.New("silence")}}, ErrNoMapping, 0},
		{"refusal", []fakePort{{"", 0, refused}}, refused, 0},
		{"another NAT", []fakePort{{"10.0.0.1:5", time.Hour, nil}}, ErrBehindAnother, 1},
	} {
		f := &fakePorts{answers: tc.answers}
		var a attempt
		if p.try(t.Context(), f, &a) || !errors.Is(a.reason(), tc.want) || f.shut != tc.shut {
			t.Errorf("%s: %v, shut %d times", tc.name, a.reason(), f.shut)
		}
	}
	var a attempt
	if f := (&fakePorts{answers: []fakePort{{"192.0.2.1:5", time.Hour, nil}}}); !p.try(t.Context(), f, &a) || a.reason() != nil || a.router != f {
		t.Errorf("%+v", a)
	}
}
