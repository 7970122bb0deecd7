//go:build !js

package rendezvous_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/tuttiplay/tutti/lobby/rendezvous"
)

// A server of one's own beside other pages: games use wss://host/lobby.
func ExampleNew() {
	lobby, err := rendezvous.New(rendezvous.Config{ICEServers: []string{"stun:stun.example.org:3478"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer lobby.Close()
	mux := http.NewServeMux()
	mux.Handle("/lobby/", http.StripPrefix("/lobby", lobby))

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/lobby/health", nil))
	fmt.Print(answer.Body)
	// Output:
	// {"status":"ok","rooms":0,"connections":0,"dropped":0}
}
