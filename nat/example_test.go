//go:build !js

package nat_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

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

// Two reports, as two players' games would exchange them.
func ExampleBetween() {
	home := nat.Report{Servers: 1, V4: nat.Reach{
		Public:  netip.MustParseAddrPort("192.0.2.1:5000"),
		Mapping: nat.MappingIndependent, Filtering: nat.FilteringAddressPort, Answered: 1,
	}}
	symmetric := nat.Report{Servers: 1, V4: nat.Reach{
		Public:  netip.MustParseAddrPort("192.0.2.2:6000"),
		Mapping: nat.MappingAddressPort, Filtering: nat.FilteringAddressPort, Answered: 1,
	}}
	other := home // another home of the same kind
	other.V4.Public = netip.MustParseAddrPort("192.0.2.3:5000")
	fmt.Println(nat.Between(home, other), nat.Between(home, symmetric))
	symmetric.V4.PortStep = 1 // its ports follow each other
	fmt.Println(nat.Between(home, symmetric))
	// Output:
	// direct relay
	// predicted
}

func ExampleReport_Problems() {
	report := nat.Report{Servers: 1, Online: true, V4: nat.Reach{
		Local:   netip.MustParseAddrPort("192.168.1.2:5000"),
		Public:  netip.MustParseAddrPort("192.0.2.2:6000"),
		Mapping: nat.MappingAddressPort, PortStep: 1, Answered: 1, Addresses: 2,
	}}
	for _, p := range report.Problems() {
		fmt.Println(p.Level, p.Code)
	}
	// Output: trouble symmetric-sequential
}

// The survey runs over a socket that is used for other things, too.
func ExampleSurvey() {
	server, err := stunturn.Listen("127.0.0.1:0", stunturn.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	survey := nat.NewSurvey([]netip.AddrPort{server.Addr()})
	began, buf := time.Now(), make([]byte, 1500)
	for !survey.Settled(time.Since(began)) {
		for {
			to, packet, ok := survey.Poll(time.Since(began))
			if !ok {
				break
			}
			conn.WriteTo(packet, net.UDPAddrFromAddrPort(to))
		}
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)) // or survey.Wake
		n, from, err := conn.ReadFrom(buf)
		if err == nil && !survey.Receive(time.Since(began), from.(*net.UDPAddr).AddrPort(), buf[:n]) {
			fmt.Println("a packet of the game")
		}
	}
	fmt.Println(survey.Mapped()[0].Public == conn.LocalAddr().(*net.UDPAddr).AddrPort())
	// Output: true
}
