//go:build linux

package kernel

import (
	"bufio"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// CheckPorts returns nil where [Site.ServePorts] works, else what is missing.
func CheckPorts() error {
	if _, err := exec.LookPath("miniupnpd"); err != nil {
		return errors.New("kernel: needs the program miniupnpd (package miniupnpd-nftables)")
	}
	return Check()
}

// PortServer is a router's program that opens ports for who asks: UPnP and
// NAT-PMP, by miniupnpd.
type PortServer struct {
	// Public is the router's address as the server tells it. It is not that of
	// the site: miniupnpd takes addresses for documentation for private ones,
	// and will not open ports on them. Both lead to the router.
	Public netip.Addr

	cmd  *exec.Cmd
	dir  string
	once sync.Once
	read sync.WaitGroup

	mu  sync.Mutex
	log []string
}

// portRules is where miniupnpd puts its own.
const portRules = `
nft -f - <<'END'
table inet ports {
	chain forward { }
	chain prerouting { }
	chain postrouting { }
	chain in {
		type nat hook prerouting priority -110
		jump prerouting
	}
	chain out {
		type nat hook postrouting priority 90
		jump postrouting
	}
	chain through {
		type filter hook forward priority -1
		jump forward
	}
}
END
ip route replace 239.0.0.0/8 dev inside
`

// The ways to ask a [PortServer].
const (
	UPnP   = "enable_upnp=yes"
	NATPMP = "enable_natpmp=yes"
)

// refused is what a way is that is not named; the program has a mind of its own.
var refused = map[string]string{UPnP: "enable_upnp=no", NATPMP: "enable_natpmp=no"}

// ServePorts makes the site's router open ports for its host, if asked by
// [UPnP] or [NATPMP], whichever are named; what else is named are more lines of
// miniupnpd's configuration. It takes a moment
// until the server has begun. Close it before the town.
func (s *Site) ServePorts(what ...string) (*PortServer, error) {
	if s.Router == nil {
		return nil, errors.New("kernel: this site has no router")
	}
	if _, err := s.Router.Run(portRules); err != nil {
		return nil, err
	}
	if _, err := s.Host.Run("ip route replace 239.0.0.0/8 dev eth0"); err != nil {
		return nil, err
	}
	public := netip.AddrFrom4([4]byte{203, 0, 114, s.Public.As4()[3]})
	if _, err := s.Router.Run("ip addr replace " + public.String() + "/32 dev outside"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tutti-ports")
	if err != nil {
		return nil, err
	}
	p := &PortServer{Public: public, dir: dir}
	lines := append([]string{
		"ext_ifname=outside", "ext_ip=" + public.String(), "listening_ip=inside", "secure_mode=yes",
		"uuid=07bd0785-9207-4ca2-8af6-c4d75bda9b97", "system_uptime=yes", "notify_interval=60",
		"upnp_table_name=ports", "upnp_nat_table_name=ports",
		"upnp_forward_chain=forward", "upnp_nat_chain=prerouting", "upnp_nat_postrouting_chain=postrouting",
		"allow 1024-65535 192.168.0.0/16 1024-65535", "deny 0-65535 0.0.0.0/0 0-65535",
	}, what...)
	begun := "HTTP listening on" // the last that it says of the ways it was named
	if slices.Contains(what, NATPMP) {
		begun = "Listening for NAT-PMP"
	}
	for way, no := range refused {
		if !slices.Contains(what, way) {
			lines = append(lines, no)
		}
	}
	file := filepath.Join(dir, "miniupnpd.conf")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		p.Close()
		return nil, err
	}
	cmd := s.Router.Command("miniupnpd", "-d", "-f", file, "-P", filepath.Join(dir, "pid"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	p.cmd = cmd
	up := make(chan struct{})
	p.read.Go(func() {
		var once sync.Once
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			if len(p.log) < 1000 {
				p.log = append(p.log, lines.Text())
			}
			p.mu.Unlock()
			if strings.Contains(lines.Text(), begun) {
				once.Do(func() { close(up) })
			}
		}
	})
	late := time.NewTimer(30 * time.Second)
	defer late.Stop()
	select {
	case <-up:
		return p, nil
	case <-late.C:
		p.Close()
		return nil, fmt.Errorf("kernel: miniupnpd does not begin: %s", p.Log())
	}
}

// Log returns what the server has said so far.
func (p *PortServer) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n")
}

// Close ends the server and waits for it. It may be called again.
func (p *PortServer) Close() {
	p.once.Do(func() {
		if p.cmd != nil {
			_ = p.cmd.Process.Kill()
			p.read.Wait()
			_ = p.cmd.Wait() // that it was killed is no news
		}
		_ = os.RemoveAll(p.dir)
	})
}
