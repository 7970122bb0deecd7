//go:build !js

package lobby_test

import (
	"fmt"
	"net/http/httptest"
	"runtime"

	"github.com/tuttiplay/tutti/lobby"
	"github.com/tuttiplay/tutti/lobby/rendezvous"
)

// Two players meet: one makes a room, the other enters it by the link. A game
// would ask Snapshot once per frame instead of waiting.
func ExampleJoin() {
	service, err := rendezvous.New(rendezvous.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	web := httptest.NewServer(service) // lobbyd, in a program of its own
	defer web.Close()
	defer service.Close()

	ann := lobby.Join(lobby.Config{Server: web.URL, Game: "pong/1", Name: "Ann", AutoStart: 2, Key: key(1)})
	defer ann.Close()
	wait := func(cond func() bool) {
		for !cond() {
			runtime.Gosched() // a game has something better to do
		}
	}
	wait(func() bool { _, ok := ann.Invite(); return ok })
	invite, _ := ann.Invite()

	bo := lobby.Join(lobby.Config{Room: invite.Link, Game: "pong/1", Name: "Bo", Key: key(2)})
	defer bo.Close()
	wait(func() bool { _, ok := bo.Match(); return ok })

	match, _ := bo.Match()
	for _, m := range bo.Snapshot().Members {
		fmt.Println(m.Name, "on seat", m.Seat, "owner:", m.Owner)
	}
	fmt.Println(len(match.Seats), "seats")
	// Output:
	// Ann on seat 0 owner: true
	// Bo on seat 1 owner: false
	// 2 seats
}
