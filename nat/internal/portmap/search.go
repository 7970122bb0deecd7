//go:build !js

package portmap

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// searchAddr is where UPnP devices listen for searches (SSDP).
var searchAddr = netip.MustParseAddrPort("239.255.255.250:1900")

// searchTargets are what we look for.
var searchTargets = []string{
	"urn:schemas-upnp-org:device:InternetGatewayDevice:1",
	"urn:schemas-upnp-org:device:InternetGatewayDevice:2",
}

// searchAt is when the search is sent, since its beginning.
var searchAt = []time.Duration{0, 300 * time.Millisecond, time.Second}

// maxDevices bounds the answers that are looked into.
const maxDevices = 4

// findUPnP searches the network for a router that opens ports, until ctx ends
// or one is found. It asks all, and the gateway by its address as well: some
// drop what is for all.
func findUPnP(ctx context.Context, gateway, local netip.Addr) (*upnpRouter, error) {
	if !local.IsValid() {
		return nil, errors.New("this machine has no network")
	}
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()

	begun, sent := time.Now(), 0
	buf := make([]byte, 2048)
	seen := map[string]bool{}
	why := errors.New("no device answers")
	for len(seen) < maxDevices {
		if sent < len(searchAt) && time.Since(begun) >= searchAt[sent] {
			sent++
			if err := search(conn, gateway); err != nil {
				return nil, err
			}
		}
		wait := FindWithin
		if sent < len(searchAt) {
			wait = searchAt[sent]
		}
		_ = conn.SetReadDeadline(begun.Add(wait))
		if ctx.Err() != nil {
			return nil, why
		}
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			if !isTimeout(err) {
				return nil, err
			}
			if sent == len(searchAt) {
				return nil, why
			}
			continue
		}
		location, ok := readLocation(buf[:n])
		if !ok || seen[location] {
			continue
		}
		seen[location] = true
		router, err := describe(ctx, location, from.Addr().Unmap(), local)
		if err == nil {
			return router, nil
		}
		why = fmt.Errorf("a device at %v: %w", from.Addr(), err)
	}
	return nil, why
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func search(conn *net.UDPConn, gateway netip.Addr) error {
	to := []netip.AddrPort{searchAddr}
	if gateway.IsValid() {
		to = append(to, netip.AddrPortFrom(gateway, searchAddr.Port()))
	}
	var first error
	failed := 0
	for _, addr := range to {
		for _, target := range searchTargets {
			text := "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: " + target + "\r\n\r\n"
			if _, err := conn.WriteToUDPAddrPort([]byte(text), addr); err != nil {
				failed++
				first = errors.Join(first, err)
			}
		}
	}
	if failed == len(to)*len(searchTargets) {
		return first
	}
	return nil
}

// readLocation reads the answer to a search: an HTTP response in a datagram.
func readLocation(b []byte) (string, bool) {
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), nil)
	if err != nil {
		return "", false
	}
	_ = answer.Body.Close()
	location := answer.Header.Get("Location")
	return location, answer.StatusCode == http.StatusOK && location != "" && len(location) <= 512
}
