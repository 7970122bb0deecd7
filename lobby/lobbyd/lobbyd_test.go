//go:build !js

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/peer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs lobbyd with these arguments and returns what its ready line says.
// stop interrupts it and returns what serve returned.
func start(t *testing.T, args ...string) (ready map[string]string, stop func() error) {
	t.Helper()
	o, err := parseOptions(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := serve(ctx, o, w, io.Discard)
		w.CloseWithError(io.EOF)
		done <- err
	}()
	line := make([]byte, 500)
	n, _ := r.Read(line)
	text, ok := strings.CutSuffix(string(line[:n]), "\n")
	fields := strings.Fields(text)
	if !ok || len(fields) == 0 || fields[0] != "ready" {
		cancel()
		t.Fatalf("the first line is %q, serve says %v", line[:n], <-done)
	}
	ready = map[string]string{}
	for _, f := range fields[1:] {
		k, v, _ := strings.Cut(f, "=")
		ready[k] = v
	}
	return ready, func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(20 * time.Second):
			return errors.New("it does not end")
		}
	}
}

func TestServesPlayersAndCurlAndEndsInOrder(t *testing.T) {
	ready, stop := start(t, "-addr", "127.0.0.1:0")
	if ready["url"] != "ws://"+ready["addr"] || ready["stun"] == "" || strings.HasSuffix(ready["addr"], ":0") {
		t.Errorf("ready: %v", ready)
	}
	room := lobby.Join(lobby.Config{Server: ready["url"], Game: "pong/1", Key: peer.KeyFromSeed([32]byte{1})})
	defer room.Close()
	deadline := time.After(20 * time.Second)
	for tick := time.Tick(5 * time.Millisecond); room.Snapshot().Phase != lobby.Open; {
		select {
		case <-tick:
		case <-deadline:
			t.Fatalf("the room is %+v", room.Snapshot())
		}
	}
	ice := room.ICEServers()
	if len(ice) != 2 || ice[0] != "stun:"+ready["stun"] || ice[1] == ice[0] {
		t.Errorf("ICE servers %q, STUN at %s", ice, ready["stun"])
	}
	report, err := nat.Probe(t.Context(), nat.Config{Servers: ice})
	if err != nil || report.V4.Answered != 2 || report.V4.Mapping != nat.MappingNone {
		t.Errorf("%+v, %v", report, err)
	}
	var health struct {
		Status             string
		Rooms, Connections int
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + ready["addr"] + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&health); err != nil || health.Status != "ok" || health.Rooms != 1 || health.Connections != 1 {
		t.Errorf("health %+v, %v", health, err)
	}
	// An interrupt with a player in the room.
	if err := stop(); err != nil {
		t.Errorf("serve ends with %v", err)
	}
}

func TestPortInUse(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	for _, tc := range []struct{ addr, flag, stun string }{
		{tcp.Addr().String(), "-addr", "off"},
		{"127.0.0.1:0", "-stun", udp.LocalAddr().String()},
	} {
		err := serve(t.Context(), options{addr: tc.addr, stun: tc.stun}, io.Discard, io.Discard)
		var port *PortError
		taken := tc.addr
		if tc.flag == "-stun" {
			taken = tc.stun
		}
		_, number, _ := net.SplitHostPort(taken)
		want := "port " + number + " is in use by another program; choose another with " + tc.flag
		if !errors.As(err, &port) || port.Flag != tc.flag || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q in it", tc.flag, err, want)
		}
	}
}

func TestOptions(t *testing.T) {
	if o, err := parseOptions(nil, io.Discard); err != nil || o.addr != defaultAddr {
		t.Errorf("no flags: %+v, %v", o, err)
	}
	if _, err := parseOptions([]string{"-help"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v", err)
	}
	for _, args := range [][]string{{"-addr", "8080"}, {"-stun", "nowhere"}, {"-stun", "127.0.0.1:1,nowhere"}, {"-log", "loud"}, {"stray"}, {"-bogus"}} {
		var out bytes.Buffer
		if _, err := parseOptions(args, &out); err == nil || out.Len() == 0 {
			t.Errorf("%q: %v, said %q", args, err, out.String())
		}
	}
	if ready, stop := start(t, "-addr", "127.0.0.1:0", "-stun", "off"); ready["stun"] != "" {
		t.Errorf("-stun off: %v", ready)
		stop()
	} else if err := stop(); err != nil {
		t.Error(err)
	}
}
