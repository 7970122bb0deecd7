//go:build !js

package nat_test

import (
	"context"
	"fmt"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
)

// Two servers of our own on this machine: there is no NAT between.
func ExampleProbe() {
	var urls []string
	for range 2 {
		s, err := stunturn.Listen("127.0.0.1:0", stunturn.Config{})
		if err != nil {
			fmt.Println(err)
			return
		}
		defer s.Close()
		urls = append(urls, "stun:"+s.Addr().String())
	}
	report, err := nat.Probe(context.Background(), nat.Config{Servers: urls})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict().Sentence)
	// Output: This machine has the public address 127.0.0.1 of its own; players can reach it directly.
}

func ExampleStart() {
	prober := nat.Start(nat.Config{})
	defer prober.Close()
	// Once per frame, until it is there:
	if report, ok := prober.Report(); ok {
		fmt.Println(report.Verdict())
	}
}
