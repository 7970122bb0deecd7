//go:build !js

package portmap

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/huin/goupnp"
	"github.com/huin/goupnp/soap"
)

// The services of a router that open ports.
var portServices = []string{
	"urn:schemas-upnp-org:service:WANIPConnection:2",
	"urn:schemas-upnp-org:service:WANIPConnection:1",
	"urn:schemas-upnp-org:service:WANPPPConnection:1",
}

// maxUPnP bounds what is read of one answer, in bytes. Descriptions have 2 to
// 20 KiB.
const maxUPnP = 256 << 10

// UPnP's error codes that have a way out.
const (
	upnpConflict      = 718 // another machine has the port
	upnpOnlyPermanent = 725 // the router knows no leases
)

// upnpRouter opens ports by UPnP.
type upnpRouter struct {
	client  *soap.SOAPClient
	service string
	local   netip.Addr // of this machine, seen from the router
	outer   uint16     // the port that was opened last
	forever bool       // leases are refused
}

// Name implements Router.
func (*upnpRouter) Name() string { return "UPnP" }

// describe asks a device that was found what it can do. Its answer and its
// services must be at the address that the device answered from, so that no
// other can be made to hear from us.
func describe(ctx context.Context, location string, device, local netip.Addr) (*upnpRouter, error) {
	u, err := url.Parse(location)
	if err != nil || u.Scheme != "http" || !isHost(u, device) {
		return nil, fmt.Errorf("it says it is at %.100q", location)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	answer, err := upnpClient().Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", answer.Status)
	}
	var root goupnp.RootDevice
	decoder := xml.NewDecoder(answer.Body)
	decoder.DefaultSpace = goupnp.DeviceXMLNamespace
	if err := decoder.Decode(&root); err != nil {
		return nil, err
	}
	if base, err := url.Parse(root.URLBaseStr); err == nil && root.URLBaseStr != "" {
		u = base
	}
	root.SetURLBase(u)
	var found *upnpRouter
	best := len(portServices)
	root.Device.VisitServices(func(s *goupnp.Service) {
		i := slices.Index(portServices, s.ServiceType)
		if i < 0 || i >= best || !s.ControlURL.Ok || s.ControlURL.URL.Scheme != "http" || !isHost(&s.ControlURL.URL, device) {
			return
		}
		best = i
		found = &upnpRouter{client: soap.NewSOAPClient(s.ControlURL.URL), service: s.ServiceType, local: local}
		found.client.HTTPClient = *upnpClient()
	})
	if found == nil {
		return nil, errors.New("it opens no ports")
	}
	return found, nil
}

func isHost(u *url.URL, a netip.Addr) bool {
	got, err := netip.ParseAddr(u.Hostname())
	return err == nil && got.Unmap() == a
}

// upnpClient is an HTTP client for one router: no proxy, no redirection, small
// answers, and no connection that stays.
func upnpClient() *http.Client {
	return &http.Client{
		Transport:     limited{&http.Transport{DisableKeepAlives: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       upnpWithin,
	}
}

// limited cuts answers off.
type limited struct{ next *http.Transport }

// RoundTrip implements http.RoundTripper.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxUPnP), answer.Body}
	}
	return answer, err
}

// Open implements Router.
func (r *upnpRouter) Open(ctx context.Context, internal uint16) (netip.AddrPort, time.Duration, error) {
	var where struct{ NewExternalIPAddress string }
	if err := r.client.PerformActionCtx(ctx, r.service, "GetExternalIPAddress", nil, &where); err != nil {
		return netip.AddrPort{}, 0, r.error(err)
	}
	outside, err := netip.ParseAddr(where.NewExternalIPAddress)
	if err != nil {
		return netip.AddrPort{}, 0, &RefusedError{r.Name(), errors.New("it does not know its own address")}
	}
	if r.outer == 0 {
		r.outer = internal
	}
	for range 5 {
		err = r.add(ctx, internal)
		var fault *soap.SOAPFaultError
		if err == nil || !errors.As(err, &fault) {
			break
		}
		switch code := fault.Detail.UPnPError.Errorcode; {
		case code == upnpConflict:
			r.outer = uint16(20000 + rand.IntN(40000))
		case code == upnpOnlyPermanent && !r.forever:
			r.forever = true
		default:
			return netip.AddrPort{}, 0, r.error(err)
		}
	}
	if err != nil {
		return netip.AddrPort{}, 0, r.error(err)
	}
	return netip.AddrPortFrom(outside.Unmap(), r.outer), Lease, nil
}

func (r *upnpRouter) add(ctx context.Context, internal uint16) error {
	lease := Lease
	if r.forever {
		lease = 0 // until we close it
	}
	return r.client.PerformActionCtx(ctx, r.service, "AddPortMapping", &struct {
		NewRemoteHost             string
		NewExternalPort           string
		NewProtocol               string
		NewInternalPort           string
		NewInternalClient         string
		NewEnabled                string
		NewPortMappingDescription string
		NewLeaseDuration          string
	}{
		"", strconv.Itoa(int(r.outer)), "UDP", strconv.Itoa(int(internal)), r.local.String(), "1", "tutti",
		strconv.Itoa(int(lease / time.Second)),
	}, &struct{}{})
}

// Shut implements Router.
func (r *upnpRouter) Shut(ctx context.Context, _ uint16) error {
	return r.client.PerformActionCtx(ctx, r.service, "DeletePortMapping", &struct {
		NewRemoteHost   string
		NewExternalPort string
		NewProtocol     string
	}{"", strconv.Itoa(int(r.outer)), "UDP"}, &struct{}{})
}

// error tells a router that says no from one that says nothing.
func (r *upnpRouter) error(err error) error {
	var fault *soap.SOAPFaultError
	if !errors.As(err, &fault) {
		return err
	}
	e := fault.Detail.UPnPError
	return &RefusedError{r.Name(), fmt.Errorf("error %d, %.100q", e.Errorcode, e.ErrorDescription)}
}
