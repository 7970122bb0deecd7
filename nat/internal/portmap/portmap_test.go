//go:build !js

package portmap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var here = netip.MustParseAddr("127.0.0.1")

// fakeRouter is a UPnP router of the test's own.
type fakeRouter struct {
	*httptest.Server
	base    string // URLBase of the description
	control string // where its service is said to be
	service string
	bloat   int               // bytes of nothing in the description
	faults  map[string][]int  // error codes to answer an action with, in order
	asked   []string          // actions
	args    map[string]string // of the last AddPortMapping
}

func newFake(t *testing.T) *fakeRouter {
	f := &fakeRouter{control: "/control", service: portServices[1], faults: map[string][]int{}}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeRouter) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Path == "/elsewhere" {
			http.Redirect(w, r, "/root.xml", http.StatusFound)
			return
		}
		fmt.Fprintf(w, `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><!--%s-->%s<device><deviceList><device><serviceList>
<service><serviceType>%s</serviceType><controlURL>%s</controlURL></service></serviceList></device></deviceList></device></root>`,
			strings.Repeat(" ", f.bloat), f.base, f.service, f.control)
		return
	}
	body, _ := io.ReadAll(r.Body)
	_, action, _ := strings.Cut(strings.Trim(r.Header.Get("SOAPACTION"), `"`), "#")
	f.asked = append(f.asked, action)
	if action == "AddPortMapping" {
		f.args = map[string]string{}
		for _, name := range []string{"NewExternalPort", "NewInternalPort", "NewInternalClient", "NewProtocol", "NewLeaseDuration"} {
			_, rest, _ := strings.Cut(string(body), "<"+name+">")
			f.args[name], _, _ = strings.Cut(rest, "<")
		}
	}
	const envelope = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>`
	if codes := f.faults[action]; len(codes) > 0 {
		f.faults[action] = codes[1:]
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, envelope, fmt.Sprintf(`<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0">
<errorCode>%d</errorCode><errorDescription>no</errorDescription></UPnPError></detail></s:Fault>`, codes[0]))
		return
	}
	fmt.Fprintf(w, envelope, fmt.Sprintf(`<u:%sResponse xmlns:u="%s"><NewExternalIPAddress>192.0.2.9</NewExternalIPAddress></u:%sResponse>`, action, f.service, action))
}

func (f *fakeRouter) router(t *testing.T) *upnpRouter {
	t.Helper()
	r, err := describe(t.Context(), f.URL+"/root.xml", here, netip.MustParseAddr("192.168.7.7"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestUPnPOpensAndShuts(t *testing.T) {
	for _, service := range portServices {
		f := newFake(t)
		f.service = service
		r := f.router(t)
		got, lease, err := r.Open(t.Context(), 4000)
		if err != nil || got != netip.MustParseAddrPort("192.0.2.9:4000") || lease != Lease {
			t.Errorf("%s: %v, %v, %v", service, got, lease, err)
		}
		a := f.args
		if a["NewExternalPort"] != "4000" || a["NewInternalPort"] != "4000" || a["NewInternalClient"] != "192.168.7.7" || a["NewProtocol"] != "UDP" || a["NewLeaseDuration"] != "3600" {
			t.Errorf("%s: %v", service, a)
		}
		if err := r.Shut(t.Context(), 4000); err != nil || f.asked[len(f.asked)-1] != "DeletePortMapping" {
			t.Errorf("%s: %v, %v", service, err, f.asked)
		}
	}
}

// Another machine has the port, and the router knows no leases.
func TestUPnPWaysOut(t *testing.T) {
	f := newFake(t)
	f.faults["AddPortMapping"] = []int{upnpConflict, upnpOnlyPermanent, upnpConflict}
	got, _, err := f.router(t).Open(t.Context(), 4000)
	if err != nil || got.Port() == 4000 || f.args["NewLeaseDuration"] != "0" || f.args["NewExternalPort"] != fmt.Sprint(got.Port()) || f.args["NewInternalPort"] != "4000" {
		t.Errorf("%v, %v, %v", got, err, f.args)
	}
}

func TestUPnPRefuses(t *testing.T) {
	for name, faults := range map[string]map[string][]int{
		"address":         {"GetExternalIPAddress": {501}},
		"not authorised":  {"AddPortMapping": {606}},
		"conflicts":       {"AddPortMapping": {718, 718, 718, 718, 718}},
		"permanent twice": {"AddPortMapping": {725, 725}},
	} {
		f := newFake(t)
		f.faults = faults
		_, _, err := f.router(t).Open(t.Context(), 4000)
		var refused *RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "UPnP") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever answers a search may not send us elsewhere, nor drown us.
func TestDescribeIsCareful(t *testing.T) {
	for name, break_ := range map[string]func(f *fakeRouter, location *string, device *netip.Addr){
		"another host":          func(f *fakeRouter, _ *string, device *netip.Addr) { *device = netip.MustParseAddr("127.0.0.2") },
		"a name":                func(f *fakeRouter, l *string, _ *netip.Addr) { *l = strings.Replace(*l, "127.0.0.1", "localhost", 1) },
		"another scheme":        func(f *fakeRouter, l *string, _ *netip.Addr) { *l = "file:///etc/hosts" },
		"no URL":                func(f *fakeRouter, l *string, _ *netip.Addr) { *l = "http://[::1" },
		"a redirection":         func(f *fakeRouter, l *string, _ *netip.Addr) { *l = f.URL + "/elsewhere" },
		"a service elsewhere":   func(f *fakeRouter, _ *string, _ *netip.Addr) { f.control = "http://192.0.2.5/control" },
		"a base elsewhere":      func(f *fakeRouter, _ *string, _ *netip.Addr) { f.base = "<URLBase>http://192.0.2.5/</URLBase>" },
		"other services":        func(f *fakeRouter, _ *string, _ *netip.Addr) { f.service = "urn:schemas-upnp-org:service:Printer:1" },
		"a long description":    func(f *fakeRouter, _ *string, _ *netip.Addr) { f.bloat = maxUPnP },
		"nobody at that number": func(f *fakeRouter, l *string, _ *netip.Addr) { *l = "http://127.0.0.1:1/" },
	} {
		f := newFake(t)
		location, device := f.URL+"/root.xml", here
		break_(f, &location, &device)
		if r, err := describe(t.Context(), location, device, here); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	f := newFake(t)
	f.bloat = maxUPnP / 2
	f.router(t)
}

func TestDescribeEndsWithItsContext(t *testing.T) {
	hang := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer s.Close()
	defer close(hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := describe(ctx, s.URL, here, here); err == nil || time.Since(begun) > upnpWithin {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

func TestIsHost(t *testing.T) {
	for text, want := range map[string]bool{"http://127.0.0.1:5/x": true, "http://[::ffff:127.0.0.1]/": true, "http://127.0.0.2/": false, "http://x/": false} {
		u, err := url.Parse(text)
		if err != nil || isHost(u, here) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzReadLocation(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: x\r\nLOCATION: http://192.168.1.1:5000/rootDesc.xml\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 404 Not Found\r\nLocation: x\r\n\r\n"))
	f.Add([]byte("NOTIFY * HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, ok := readLocation(b); ok && (l == "" || len(l) > 512) {
			t.Errorf("%q", l)
		}
	})
}
