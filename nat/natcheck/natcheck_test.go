//go:build !js

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/tuttiplay/tutti/nat"
	"github.com/tuttiplay/tutti/netcode/simnet/natlab"
)

var update = flag.Bool("update", false, "write testdata anew; review the difference")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is a player with one pathology, or none.
type patient struct {
	name string // the code of what natcheck must name, and of the golden files
	exit int
	// home builds his network.
	home func(lab *natlab.Lab) (nat.Net, *natlab.Site)
	// addresses and ports of the server; 0 is 2.
	addresses, ports int
	six              bool
	server           string // instead of the real one
	lifetime         time.Duration
	router           nat.Router // asked if it says so; External is the site's
}

// behind is a network behind one router.
func behind(n natlab.NAT) func(*natlab.Lab) (nat.Net, *natlab.Site) {
	return func(lab *natlab.Lab) (nat.Net, *natlab.Site) {
		s := lab.Site(n)
		return s.Host().Net(), s
	}
}

// cascade is a network behind two routers, the outer one first.
func cascade(outer, inner natlab.NAT) func(*natlab.Lab) (nat.Net, *natlab.Site) {
	return func(lab *natlab.Lab) (nat.Net, *natlab.Site) {
		s := lab.Site(outer).Site(inner)
		return s.Host().Net(), s
	}
}

func on(n nat.Net) func(*natlab.Lab) (nat.Net, *natlab.Site) {
	return func(*natlab.Lab) (nat.Net, *natlab.Site) { return n, nil }
}

// healthy is a router without any fault.
func healthy() natlab.NAT {
	return natlab.NAT{Filtering: natlab.AddressDependent, Hairpin: true}
}

func with(change func(*natlab.NAT)) natlab.NAT {
	n := healthy()
	change(&n)
	return n
}

var mapsPorts = nat.Router{Asked: true, Maps: true}

var inner = with(func(n *natlab.NAT) { n.LAN = netip.MustParsePrefix("10.0.0.0/24") })

// patients are the twelve of the package comment, and some more.
var patients = []patient{
	{name: "offline", exit: exitOffline, home: on(unplugged{}), server: "stun:a.example"},
	{name: "no-names", exit: exitNoNames, server: "stun:a.example", home: func(lab *natlab.Lab) (nat.Net, *natlab.Site) {
		return nameless{lab.Host().Net()}, nil
	}},
	{name: "blocked", exit: exitBlocked, home: behind(with(func(n *natlab.NAT) { n.Blocked = true }))},
	{name: "only-ipv6", exit: exitTrouble, six: true, home: func(lab *natlab.Lab) (nat.Net, *natlab.Site) { return only6{lab.Host().Net()}, nil }},
	{name: "symmetric-random", exit: exitTrouble, home: behind(with(func(n *natlab.NAT) {
		n.Mapping, n.Filtering, n.Ports = natlab.AddressAndPortDependent, natlab.EndpointIndependent, natlab.Random
	}))},
	{name: "symmetric-sequential", exit: exitTrouble, home: behind(with(func(n *natlab.NAT) {
		n.Mapping, n.Ports, n.Step = natlab.AddressAndPortDependent, natlab.Sequential, 2
	}))},
	{name: "carrier-nat", exit: exitDirect, router: mapsPorts, home: cascade(
		with(func(n *natlab.NAT) { n.LAN = netip.MustParsePrefix("100.64.0.0/10") }), healthy(),
	)},
	{name: "double-nat", exit: exitDirect, router: mapsPorts, home: cascade(inner, healthy())},
	{name: "mtu-hole", exit: exitTrouble, home: behind(with(func(n *natlab.NAT) { n.MTU = 1200 }))},
	{name: "short-lifetime", exit: exitDirect, lifetime: time.Minute, home: behind(with(func(n *natlab.NAT) { n.Lifetime = 18 * time.Second }))},
	{name: "strict-filtering", exit: exitDirect, home: behind(with(func(n *natlab.NAT) { n.Filtering = natlab.AddressAndPortDependent }))},
	{name: "no-hairpin", exit: exitDirect, home: behind(with(func(n *natlab.NAT) { n.Hairpin = false }))},

	{name: "no-port-mapping", exit: exitDirect, router: nat.Router{Asked: true}, home: behind(healthy())},
	{name: "one-address", exit: exitUnknown, addresses: 1, ports: 1, home: behind(healthy())},
	{name: "healthy", exit: exitDirect, router: mapsPorts, lifetime: time.Minute, home: behind(healthy())},
}

// run examines a patient and returns what natcheck prints.
func (p patient) run(t *testing.T, args ...string) (out string, exit int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		lab := newLab()
		defer lab.Close()
		addresses, ports := p.addresses, p.ports
		if addresses == 0 {
			addresses, ports = 2, 2
		}
		server := serve(t, lab, addresses, ports, p.six)
		defer server.Close()
		network, site := p.home(lab)
		var stdout, stderr bytes.Buffer
		d := doctor{
			out: &stdout, err: &stderr,
			probe: func(ctx context.Context, cfg nat.Config) (nat.Report, error) {
				return nat.ProbeOn(ctx, network, cfg)
			},
		}
		if p.router.Asked {
			d.router = func(context.Context) nat.Router {
				r := p.router
				if r.Maps {
					r.External = site.Outside()
				}
				return r
			}
		}
		if p.lifetime > 0 {
			args = append(args, "-lifetime", p.lifetime.String())
		}
		if p.server == "" {
			p.server = "stun:" + server.Addr().String()
		}
		began := time.Now()
		exit = d.run(t.Context(), append(args, p.server))
		if took := time.Since(began); took > nat.MaxTime+p.lifetime+nat.MaxTime {
			t.Errorf("it took %v", took)
		}
		if stderr.Len() > 0 {
			t.Errorf("stderr: %s", stderr.String())
		}
		out = stdout.String()
	})
	return out, exit
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now\n%s", file, got)
	}
}

// TestPathologies is the row of natcheck: it names each of twelve pathologies,
// and nothing that is not there, with the exit code and the JSON that never
// change.
func TestPathologies(t *testing.T) {
	named := 0
	for _, p := range patients {
		t.Run(p.name, func(t *testing.T) {
			words, exit := p.run(t)
			if exit != p.exit {
				t.Errorf("exit code %d, want %d", exit, p.exit)
			}
			golden(t, p.name+".txt", words)
			text, exit := p.run(t, "-json")
			golden(t, p.name+".json", text)
			var res result
			if err := json.Unmarshal([]byte(text), &res); err != nil {
				t.Fatal(err)
			}
			if exit != p.exit || res.Exit != p.exit {
				t.Errorf("exit code %d, says %d, want %d", exit, res.Exit, p.exit)
			}
			var codes []string
			for _, problem := range res.Problems {
				codes = append(codes, string(problem.Code))
			}
			want := []string{p.name}
			if p.name == "healthy" {
				want = nil
			}
			if !slices.Equal(codes, want) {
				t.Errorf("it names %v, want %v", codes, want)
				return
			}
			if !strings.Contains(words, "["+p.name+"]") && string(res.Verdict.Code) != p.name && p.name != "healthy" {
				t.Errorf("the words do not name it:\n%s", words)
			}
			named++
		})
	}
	if named != len(patients) {
		t.Errorf("%d of %d patients were told what they have", named, len(patients))
	}
}

func TestUsage(t *testing.T) {
	var out, errs bytes.Buffer
	asked := 0
	d := doctor{out: &out, err: &errs, probe: func(ctx context.Context, _ nat.Config) (nat.Report, error) {
		asked++
		return nat.Report{}, ctx.Err()
	}}
	for _, c := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"-nonsense"}, exitUsage, "usage"},
		{[]string{"turn:a.example"}, exitUsage, "stun:host:port"},
		{[]string{"-lifetime", "1s", "stun:a.example"}, exitUsage, "Lifetime"},
		{[]string{"-timeout", "1h", "stun:a.example"}, exitUsage, "Timeout"},
		{[]string{"-with", "testdata/nobody.json", "stun:a.example"}, exitUsage, "nobody.json"},
		{[]string{"-with", "testdata/healthy.txt", "stun:a.example"}, exitUsage, "not what natcheck -json prints"},
		{[]string{"-h"}, exitDirect, "usage"},
	} {
		errs.Reset()
		if exit := d.run(t.Context(), c.args); exit != c.exit || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%v: exit %d, %s", c.args, exit, errs.String())
		}
	}
	if asked != 0 || out.Len() != 0 {
		t.Errorf("asked %d times, printed %s", asked, out.String())
	}
	if exit := d.run(t.Context(), nil); exit != exitUnknown || !strings.Contains(out.String(), "No STUN server") {
		t.Errorf("exit %d, %s", exit, out.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if exit := d.run(ctx, []string{"stun:a.example"}); exit != exitInterrupted {
		t.Errorf("exit %d", exit)
	}
}

// What one player's natcheck printed tells another how they will connect.
func TestWith(t *testing.T) {
	for other, want := range map[string]nat.Expect{
		"healthy": nat.ExpectDirect, "symmetric-random": nat.ExpectDirect, "symmetric-sequential": nat.ExpectDirect,
		"blocked": nat.ExpectNothing, "one-address": nat.ExpectUnknown, "only-ipv6": nat.ExpectRelay,
	} {
		i := slices.IndexFunc(patients, func(p patient) bool { return p.name == "healthy" })
		p := patients[i]
		p.lifetime = 0
		p.home = func(lab *natlab.Lab) (nat.Net, *natlab.Site) {
			lab.Site(healthy()) // so that it is another home
			return behind(healthy())(lab)
		}
		text, _ := p.run(t, "-json", "-with", "testdata/"+other+".json")
		var res result
		if err := json.Unmarshal([]byte(text), &res); err != nil {
			t.Fatal(err)
		}
		if res.Expect == nil || *res.Expect != want {
			t.Errorf("with %s: %v, want %v", other, res.Expect, want)
		}
		words, _ := p.run(t, "-with", "testdata/"+other+".json")
		if !strings.Contains(words, expectations[want]) {
			t.Errorf("with %s: %s", other, words)
		}
	}
}
