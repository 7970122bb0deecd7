package nat_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/nat/stunturn"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab/kernel"
)

// serveFlag makes the test's own binary the STUN server of a town, and
// probeFlag a player's doctor.
const (
	serveFlag = "-nat.serve"
	probeFlag = "-nat.probe"
)

// init takes over as that of port_linux_test.go does.
func init() {
	if len(os.Args) < 2 {
		return
	}
	switch os.Args[1] {
	case serveFlag:
		serveTown()
	case probeFlag:
		report, err := nat.Probe(context.Background(), nat.Config{Servers: []string{"stun:" + netip.AddrPortFrom(kernel.Server, port).String()}})
		if err != nil {
			panic(err)
		}
		_ = json.NewEncoder(os.Stdout).Encode(report)
	default:
		return
	}
	os.Exit(0)
}

// serveTown answers STUN on both addresses of a town until its input ends.
func serveTown() {
	var conns []net.PacketConn
	for _, ip := range []netip.Addr{kernel.Server, kernel.Server2} {
		for p := range uint16(2) {
			c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, port+p)))
			if err != nil {
				panic(err)
			}
			conns = append(conns, c)
		}
	}
	s, err := stunturn.Serve(stunturn.Config{}, conns...)
	if err != nil {
		panic(err)
	}
	defer s.Close()
	os.Stdout.WriteString("ready\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// TestProbeKernel holds the classifier against the NAT that most home routers
// run, Linux' own: what the laboratory says must be true there.
func TestProbeKernel(t *testing.T) {
	if err := kernel.Check(); err != nil {
		t.Skip(err)
	}
	town, err := kernel.NewTown(kernel.Open, kernel.Cone, kernel.Random, kernel.Closed)
	if err != nil {
		t.Fatal(err)
	}
	defer town.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	server := town.Internet.Command(self, serveFlag)
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		in.Close()
		if err := server.Wait(); err != nil {
			t.Error(err)
		}
	}()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the server says %q, %v", line, err)
	}

	reports := map[kernel.Kind]nat.Report{}
	for _, s := range town.Sites {
		began := time.Now()
		b, err := s.Host.Command(self, probeFlag).Output()
		var r nat.Report
		if err != nil || json.Unmarshal(b, &r) != nil {
			t.Fatalf("%v: %s, %v", s.Kind, b, err)
		}
		got := found(r.V4)
		// Linux lets nobody in who goes to the outside address from inside, and
		// with random ports nobody can know.
		want := map[kernel.Kind]nat.Reach{
			kernel.Open: {
				Mapping: nat.MappingNone, Filtering: nat.FilteringIndependent, PortKept: true, Large: nat.Yes, Addresses: 2,
			},
			kernel.Cone: {
				Mapping: nat.MappingIndependent, Filtering: nat.FilteringAddressPort, Hairpin: nat.No, PortKept: true, Large: nat.Yes, Addresses: 2,
			},
			kernel.Random: {
				Mapping: nat.MappingAddressPort, Filtering: nat.FilteringAddressPort, Large: nat.Yes, Addresses: 2,
			},
		}[s.Kind]
		if got != want {
			t.Errorf("%v is %+v, want %+v", s.Kind, got, want)
		}
		if s.Kind == kernel.Closed {
			if r.Verdict().Code != nat.CodeBlocked {
				t.Errorf("%v: %+v", s.Kind, r)
			}
		} else if r.V4.Public.Addr() != s.Public || r.V4.Local.Addr() != s.Inside {
			t.Errorf("%v has %v and %v, says %+v", s.Kind, s.Inside, s.Public, r.V4)
		}
		if took := time.Since(began); took > nat.MaxTime+5*time.Second || r.Sent > nat.MaxPackets {
			t.Errorf("%v took %v and %d packets", s.Kind, took, r.Sent)
		}
		reports[s.Kind] = r
	}
	for _, c := range []struct {
		a, b kernel.Kind
		want nat.Expect
	}{
		{kernel.Open, kernel.Random, nat.ExpectDirect},
		{kernel.Cone, kernel.Open, nat.ExpectDirect},
		{kernel.Cone, kernel.Random, nat.ExpectRelay},
		{kernel.Closed, kernel.Open, nat.ExpectNothing},
	} {
		if got := nat.Between(reports[c.a], reports[c.b]); got != c.want {
			t.Errorf("%v and %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
