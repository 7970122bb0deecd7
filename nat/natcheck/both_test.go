//go:build !js

package main

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

// dual is a network of both families, each behind a router of its own.
type dual struct {
	nat.Net // IPv4
	six     nat.Net
}

func (d dual) ListenPacket(network, address string) (net.PacketConn, error) {
	if network == "udp6" {
		return d.six.ListenPacket(network, address)
	}
	return d.Net.ListenPacket(network, address)
}

func (d dual) Dial(network, address string) (net.Conn, error) {
	if network == "udp6" {
		return d.six.Dial(network, address)
	}
	return d.Net.Dial(network, address)
}

// Both families are examined at once, with the packets of one probe: the worst
// that IPv4 can be beside all that IPv6 usually is.
func TestBothFamilies(t *testing.T) {
	strict := natlab.NAT{Mapping: natlab.AddressAndPortDependent, Filtering: natlab.AddressAndPortDependent, Ports: natlab.Sequential}
	for name, six := range map[string]func(*natlab.Lab) nat.Net{
		"open":   func(lab *natlab.Lab) nat.Net { return lab.Host().Net() },
		"silent": func(lab *natlab.Lab) nat.Net { return lab.Site(natlab.NAT{Blocked: true}).Host().Net() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lab := newLab()
				defer lab.Close()
				four := serve(t, lab, 2, 2, false)
				defer four.Close()
				other := serve(t, lab, 2, 2, true)
				defer other.Close()
				d := dual{lab.Site(strict).Host().Net(), only6{six(lab)}}
				began := time.Now()
				r, err := nat.ProbeOn(t.Context(), d, nat.Config{
					Servers: []string{"stun:" + four.Addr().String(), "stun:" + other.Addr().String()},
				})
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took > nat.MaxTime || r.Sent > nat.MaxPackets {
					t.Errorf("%d packets in %v", r.Sent, took)
				}
				t.Logf("%d packets", r.Sent)
				if r.V4.Mapping != nat.MappingAddressPort || r.V4.Filtering != nat.FilteringAddressPort || r.V4.PortStep != 1 || r.V4.Large != nat.Yes {
					t.Errorf("%+v", r.V4)
				}
				switch {
				case name == "silent" && (r.V6.Answered != 0 || r.V6.Asked != 1):
					t.Errorf("%+v", r.V6)
				case name == "open" && (r.V6.Mapping != nat.MappingNone || r.V6.Filtering != nat.FilteringIndependent || r.V6.Large != nat.Yes):
					t.Errorf("%+v", r.V6)
				}
			})
		})
	}
}
