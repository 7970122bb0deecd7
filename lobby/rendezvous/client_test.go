//go:build !js

package rendezvous_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/lobby/internal/msg"
	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
	"github.com/tuttiplay/tutti/netcode/peer"
	"github.com/tuttiplay/tutti/netcode/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

// serve starts a server on loopback and returns it and its ws URL.
func serve(t *testing.T, cfg rendezvous.Config) (*rendezvous.Server, string) {
	t.Helper()
	srv, err := rendezvous.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(srv)
	t.Cleanup(func() {
		srv.Close()
		web.Close()
	})
	return srv, "ws" + strings.TrimPrefix(web.URL, "http") + "/ws"
}

// client is a WebSocket client that says what a test wants.
type client struct {
	t     *testing.T
	ws    *websocket.Conn
	key   peer.Key
	nonce msg.Nonce
}

func key(n byte) peer.Key { return peer.KeyFromSeed([32]byte{n}) }

// dial connects and takes the challenge. from is the source address to claim,
// "" none.
func dial(t *testing.T, url string, n byte, from string) *client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	header := http.Header{}
	if from != "" {
		header.Set("X-Forwarded-For", "192.0.2.99, "+from)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: header, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.CloseNow() })
	ws.SetReadLimit(msg.MaxSize)
	c := &client{t: t, ws: ws, key: key(n)}
	kind, table := c.next()
	if kind != msg.KindChallenge {
		t.Fatalf("the first message is of kind %d", kind)
	}
	if c.nonce, err = msg.ParseChallenge(table); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *client) send(b []byte) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	if err := c.ws.Write(ctx, websocket.MessageBinary, b); err != nil {
		c.t.Fatal(err)
	}
}

// try sends, whatever becomes of it.
func (c *client) try(kind websocket.MessageType, b []byte) error {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	return c.ws.Write(ctx, kind, b)
}

// read returns the next message; kind 0 is the end.
func (c *client) read() (wire.Kind, []byte) {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		_, b, err := c.ws.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				c.t.Fatal("the server says nothing")
			}
			return 0, nil
		}
		kind, table, err := msg.Open(b)
		if err != nil {
			c.t.Fatal(err)
		}
		if kind != msg.KindBeat {
			return kind, table
		}
	}
}

func (c *client) next() (wire.Kind, []byte) {
	c.t.Helper()
	kind, table := c.read()
	if kind == 0 {
		c.t.Fatal("the connection ended")
	}
	return kind, table
}

// hello returns an honest greeting.
func (c *client) hello(code string) msg.Hello {
	return msg.Hello{
		ID: c.key.ID(), Signature: c.key.Sign(msg.Signed(c.nonce, "pong")),
		Game: "pong", Build: "b1", Name: "n", Code: code, Seats: 4,
	}
}

// enter greets and returns the room or the refusal.
func (c *client) enter(h msg.Hello) (*roomstate.Room, roomstate.Refusal) {
	c.t.Helper()
	c.send(h.Message())
	switch kind, table := c.next(); kind {
	case msg.KindWelcome:
		w, err := msg.ParseWelcome(table)
		if err != nil {
			c.t.Fatal(err)
		}
		return w.Room, 0
	case msg.KindRefused:
		return nil, c.refused(table).Code
	default:
		c.t.Fatalf("a message of kind %d", kind)
		return nil, 0
	}
}

func (c *client) refused(table []byte) msg.Refused {
	c.t.Helper()
	r, err := msg.ParseRefused(table)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// room returns the next room that the server tells, past messages of other kinds.
func (c *client) room(cond func(*roomstate.Room) bool) *roomstate.Room {
	c.t.Helper()
	for {
		kind, table := c.next()
		if kind != msg.KindRoom {
			continue
		}
		r, err := msg.ParseRoom(table)
		if err != nil {
			c.t.Fatal(err)
		}
		if cond(r) {
			return r
		}
	}
}

// until waits until cond holds.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for tick := time.Tick(2 * time.Millisecond); !cond(); {
		select {
		case <-tick:
		case <-deadline:
			t.Fatalf("waited %v for: %s", patience, what)
		}
	}
}
