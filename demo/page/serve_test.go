//go:build !js

package page

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestListenStaysOnThisMachine(t *testing.T) {
	a, err := Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := Listen("")
	if err != nil {
		t.Fatalf("with the first port taken: %v", err)
	}
	defer b.Close()
	for _, l := range []net.Listener{a, b} {
		if addr := l.Addr().(*net.TCPAddr); !addr.IP.IsLoopback() {
			t.Errorf("listens on %v; want this machine only", addr)
		}
		if !strings.HasPrefix(URL(l), "http://localhost:") {
			t.Errorf("URL is %s", URL(l))
		}
	}
	if _, err := Listen(a.Addr().String()); err == nil || !strings.Contains(err.Error(), "another -addr") {
		t.Errorf("a taken address: %v; want advice", err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newSite(nil, nil).Serve(ctx, l) }()
	resp, err := http.Get(URL(l))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Serve goes on after its context ended")
	}
}

func TestSourceIsFound(t *testing.T) {
	dir, err := Source(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !isSource(dir) {
		t.Errorf("%s is not the demo", dir)
	}
	if isSource(t.TempDir()) || isSource("github.com/tuttiplay/tutti/demo") || isSource("") {
		t.Error("another folder passes for the demo")
	}
}

func TestBuildWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Build(t.Context(), nil); err != ErrNoGo {
		t.Errorf("Build without the go command: %v; want ErrNoGo", err)
	}
}
