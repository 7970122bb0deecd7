//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// host is a machine on which programs run: a network namespace of this one, held
// by the process with this number; 0 is this machine's own.
type host int

// command is exec.Command on the host.
func (h host) command(name string, args ...string) *exec.Cmd {
	if h == 0 {
		return exec.Command(name, args...)
	}
	return exec.Command("nsenter", append([]string{"-t", strconv.Itoa(int(h)), "-n", "--", name}, args...)...)
}

// sh runs lines of shell on the host and returns what they print.
func (h host) sh(t *testing.T, lines string) string {
	t.Helper()
	out, err := h.try(lines)
	if err != nil {
		t.Fatalf("%s: %v\n%s", lines, err, out)
	}
	return out
}

func (h host) try(lines string) (string, error) {
	out, err := h.command("sh", "-e", "-c", lines).CombinedOutput()
	return string(out), err
}

// newHost makes a network namespace without a name. It lasts as long as the
// process that holds it, which ends when this one does, however that ends: nothing
// stays behind.
func newHost(t *testing.T) host {
	t.Helper()
	cmd := exec.Command("unshare", "--net", "sh", "-c", "echo up; exec cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	dies(cmd)
	p := start(t, cmd)
	p.await("namespace", 10*time.Second, func(line string) bool { return line == "up" })
	h := host(cmd.Process.Pid)
	h.sh(t, "ip link set lo up\necho 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6\n")
	return h
}

// townServer is the lobby server's address in every town.
const townServer = "203.0.113.1:7420"

// town is two sites, each behind a NAT of its own, and a public network between
// the two routers with a server in it:
//
//	192.168.1.2 – router 203.0.113.11 – 203.0.113.1 – 203.0.113.12 router – 192.168.2.2
type town struct {
	public struct{ host host }
	sites  [2]site
}

type site struct {
	host   host
	router host
	inside string // address of the host
	public string // address of the router
	names  []string
}

// newTown skips where there is no leave to make one.
func newTown(t *testing.T) *town {
	t.Helper()
	for _, name := range []string{"ip", "nft", "unshare", "nsenter"} {
		tool(t, name)
	}
	if os.Geteuid() != 0 {
		t.Skip("needs to be root: it makes networks")
	}
	if out, err := exec.Command("unshare", "--net", "nft", "list", "ruleset").CombinedOutput(); err != nil {
		t.Skipf("needs network namespaces with nftables: %v\n%s", err, out)
	}
	w := &town{}
	w.public.host = newHost(t)
	w.public.host.sh(t, "ip link add town type bridge\nip addr add 203.0.113.1/24 dev town\nip link set town up\n")
	for i := range w.sites {
		s := &w.sites[i]
		*s = site{
			host: newHost(t), router: newHost(t), inside: fmt.Sprintf("192.168.%d.2", i+1), public: fmt.Sprintf("203.0.113.%d", i+11),
			names: [][]string{{"Window", "Page"}, {"Bot1", "Bot2"}}[i],
		}
		other := fmt.Sprintf("203.0.113.%d", 12-i)
		replace := strings.NewReplacer(
			"HOST", strconv.Itoa(int(s.host)), "PUBLIC", strconv.Itoa(int(w.public.host)), "SITE", strconv.Itoa(i+1),
			"OWN", s.public, "OTHER", other,
		)
		s.router.sh(t, replace.Replace(`
ip link add inside type veth peer name eth0 netns HOST
ip link add outside type veth peer name siteSITE netns PUBLIC
ip addr add 192.168.SITE.1/24 dev inside
ip addr add OWN/24 dev outside
ip link set inside up
ip link set outside up
echo 1 > /proc/sys/net/ipv4/ip_forward
nft -f - <<'END'
table ip nat {
	counter across { }
	counter stray { }
	chain leaving {
		type nat hook postrouting priority srcnat
		oifname "outside" masquerade
	}
	chain unasked {
		type filter hook input priority filter
		iifname "outside" ct state new drop
	}
	chain through {
		type filter hook forward priority filter
		iifname "outside" ct state new drop
		iifname "outside" ip saddr OTHER meta l4proto udp counter name across
		ip saddr 192.168.0.0/16 ip daddr 192.168.0.0/16 counter name stray
	}
}
END
`))
		s.host.sh(t, replace.Replace("ip addr add 192.168.SITE.2/24 dev eth0\nip link set eth0 up\nip route add default via 192.168.SITE.1\n"))
		w.public.host.sh(t, replace.Replace("ip link set siteSITE master town up\n"))
	}
	for i, s := range w.sites {
		// No way but through the NAT: the router knows of none to the other site.
		far := w.sites[1-i].inside
		if out := s.host.sh(t, "ip route get "+far); !strings.Contains(out, "via") {
			t.Fatalf("from site %d to the other: %s; want it by the router", i+1, out)
		}
		if out, err := s.router.try("ip route get " + far); err == nil || !strings.Contains(out, "unreachable") {
			t.Fatalf("the router of site %d knows a way to %s: %s", i+1, far, out)
		}
	}
	return w
}

// check wants links between the sites through both NATs, and no server between.
func (w *town) check(t *testing.T, four *four) {
	t.Helper()
	for i, s := range w.sites {
		for _, p := range four.players {
			if !slices.Contains(s.names, p.name) {
				continue
			}
			for _, m := range p.now().Members {
				if m.Self {
					continue
				}
				t.Logf("%s to %s: %s, %s to %s", p.name, m.Name, m.Path, m.Local, m.Remote)
				across := slices.Contains(w.sites[1-i].names, m.Name)
				if m.Path != "direct" || across && (m.Remote != "srflx" && m.Remote != "prflx" || m.Local == "relay" || m.Local == "") {
					t.Errorf("%s reaches %s %s, from its %s address to its %s address; want direct, through the NAT", p.name, m.Name, m.Path, m.Local, m.Remote)
				}
			}
		}
	}
	across := 0
	for _, p := range four.pairs(t) {
		if p.Local == "relay" || p.Remote == "relay" || p.Protocol != "udp" || p.Bytes == 0 {
			t.Errorf("a connection of the page goes %+v", p)
		}
		if p.Remote == "srflx" || p.Remote == "prflx" {
			across++
		}
	}
	if across < 2 {
		t.Errorf("%d connections of the page go through a NAT; want 2 at least", across)
	}
}

// checkTraffic wants what the links carried at the routers: all of it came from
// the other router's address, none from an address inside.
func (w *town) checkTraffic(t *testing.T) {
	t.Helper()
	for i, s := range w.sites {
		count := func(name string) int {
			out := s.router.sh(t, "nft list counter ip nat "+name)
			found := regexp.MustCompile(`packets (\d+)`).FindStringSubmatch(out)
			if found == nil {
				t.Fatalf("a counter says %s", out)
			}
			n, _ := strconv.Atoi(found[1]) // digits
			return n
		}
		across, stray := count("across"), count("stray")
		t.Logf("site %d: %d packets from the other site's NAT, %d past it", i+1, across, stray)
		// Four links, and each carries a message per frame or two.
		if across < fourFrames || stray > 0 {
			t.Errorf("site %d: %d packets came from the other site's NAT, want %d at least; %d past it, want none", i+1, across, fourFrames, stray)
		}
	}
}
