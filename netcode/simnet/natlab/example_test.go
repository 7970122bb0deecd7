//go:build !js

package natlab_test

import (
	"fmt"
	"time"

	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
	"github.com/tuttiplay/tutti/netcode/weather"
)

// Two players, one of them behind a home router behind a carrier's, and a
// server that tells them their addresses. The code under test takes its sockets
// from Host.Net.
func Example() {
	lab := natlab.New(natlab.Config{Seed: 1, Weather: weather.Weather{Latency: 25 * time.Millisecond}})
	defer lab.Close()

	alice := lab.Behind(natlab.PortRestricted())
	bob := lab.Site(natlab.Carrier()).Site(natlab.PortRestricted()).Host()
	server := lab.Host()
	fmt.Println("alice:", alice.Addr(), "seen as", alice.Public())
	fmt.Println("bob:  ", bob.Addr(), "seen as", bob.Public())
	fmt.Println("server:", server.Addr())

	// webrtc: settingEngine.SetNet(alice.Net()); in a test, all of it inside
	// synctest.Test, so that no time passes.
	lab.Cut(alice, bob)
	alice.Site().Renumber()
	fmt.Println("alice: seen as", alice.Public())
	// Output:
	// alice: 192.168.1.2 seen as 203.0.113.1
	// bob:   192.168.1.2 seen as 203.0.113.2
	// server: 203.0.113.3
	// alice: seen as 203.0.113.4
}
