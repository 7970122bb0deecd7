//go:build linux

package kernel

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
)

// tools are the programs that are called, with the Debian packages that have
// them.
var tools = map[string]string{"ip": "iproute2", "nft": "nftables", "unshare": "util-linux", "nsenter": "util-linux"}

// Check returns nil where a [Town] can be built, else an error that says what
// is missing. It blocks for a moment: it tries.
func Check() error {
	for name, in := range tools {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("kernel: needs the program %s (package %s)", name, in)
		}
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("kernel: needs to be root: it makes networks")
	}
	if out, err := exec.Command("unshare", "--net", "nft", "list", "ruleset").CombinedOutput(); err != nil {
		return fmt.Errorf("kernel: needs network namespaces with nftables: %w: %s", err, out)
	}
	return nil
}

// Host is a machine on which programs run: a network namespace without a name.
// The nil Host is this machine's own network, so that a test can run the same
// programs there. Its methods are safe for concurrent use.
type Host struct {
	holder *exec.Cmd
	in     io.Closer // as long as it is open, the holder lives
	once   sync.Once
}

// NewHost makes a host with a loopback interface and no other, without IPv6. It
// ends with Close, or with the process that made it, however that ends.
func NewHost() (*Host, error) {
	cmd := exec.Command("unshare", "--net", "sh", "-c", "echo up; exec cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("kernel: no namespace: %w", err)
	}
	h := &Host{holder: cmd, in: in}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "up\n" {
		h.Close()
		return nil, fmt.Errorf("kernel: no namespace: it says %q, %w", line, err)
	}
	if _, err := h.Run("ip link set lo up\necho 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6\n"); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Command is exec.Command on the host. Wait for what it starts before Close.
func (h *Host) Command(name string, args ...string) *exec.Cmd {
	if h == nil {
		return exec.Command(name, args...)
	}
	return exec.Command("nsenter", append([]string{"-t", h.id(), "-n", "--", name}, args...)...)
}

// id is how ip and nsenter name the namespace.
func (h *Host) id() string { return strconv.Itoa(h.holder.Process.Pid) }

// Run runs lines of shell on the host, until one fails, and returns what they
// print; that is in the error as well.
func (h *Host) Run(lines string) (string, error) {
	out, err := h.Command("sh", "-e", "-c", lines).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("kernel: %w: %s\nin: %s", err, out, lines)
	}
	return string(out), err
}

// Close ends the host and waits for it. It may be called again.
func (h *Host) Close() {
	if h == nil {
		return
	}
	h.once.Do(func() {
		_ = h.in.Close()            // cat ends
		_ = h.holder.Process.Kill() // and if it does not
		_ = h.holder.Wait()         // that it was killed is no news
	})
}
