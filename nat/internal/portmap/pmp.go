//go:build !js

package portmap

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	natpmp "github.com/jackpal/go-nat-pmp"
)

// pmpRouter opens ports by NAT-PMP (RFC 6886).
type pmpRouter struct{ gateway netip.Addr }

// Name implements Router.
func (pmpRouter) Name() string { return "NAT-PMP" }

// Open implements Router. It takes pmpWithin for each of two questions at most,
// whatever ctx says.
func (r pmpRouter) Open(ctx context.Context, internal uint16) (netip.AddrPort, time.Duration, error) {
	if ctx.Err() != nil {
		return netip.AddrPort{}, 0, ctx.Err()
	}
	client := natpmp.NewClientWithTimeout(r.gateway.AsSlice(), pmpWithin)
	where, err := client.GetExternalAddress()
	if err != nil {
		return netip.AddrPort{}, 0, r.error(err)
	}
	outside := netip.AddrFrom4(where.ExternalIPAddress)
	if ctx.Err() != nil {
		return netip.AddrPort{}, 0, ctx.Err()
	}
	got, err := client.AddPortMapping("udp", int(internal), int(internal), int(Lease/time.Second))
	switch {
	case err != nil:
		return netip.AddrPort{}, 0, r.error(err)
	case got.InternalPort != internal || got.MappedExternalPort == 0 || got.PortMappingLifetimeInSeconds == 0:
		return netip.AddrPort{}, 0, r.error(errors.New("it answers nonsense"))
	}
	lease := time.Duration(got.PortMappingLifetimeInSeconds) * time.Second
	return netip.AddrPortFrom(outside, got.MappedExternalPort), min(lease, Lease), nil
}

// Shut implements Router.
func (r pmpRouter) Shut(_ context.Context, internal uint16) error {
	_, err := natpmp.NewClientWithTimeout(r.gateway.AsSlice(), pmpWithin).AddPortMapping("udp", int(internal), 0, 0)
	return err
}

// error tells a router that says no from one that says nothing.
func (r pmpRouter) error(err error) error {
	if strings.Contains(err.Error(), "result code") { // the library has no type for it
		return &RefusedError{r.Name(), err}
	}
	return err
}
