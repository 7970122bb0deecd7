//go:build linux

package kernel

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"
)

// childFlag makes the test's own binary one of the programs below.
const childFlag = "-kernel.child"

// child is what runs inside the town: "echo" tells senders which port they seem
// to come from, and lets port+1 write to them as well when asked; "ask" sends
// from one socket to both servers.
func child(args []string) int {
	run := map[string]func() error{"echo": echo, "ask": ask}[args[0]]
	if err := run(); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

const echoPort = 3478

func echo() error {
	var conns []*net.UDPConn
	for _, a := range []netip.Addr{Server, Server2} {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, echoPort)))
		if err != nil {
			return err
		}
		conns = append(conns, c)
	}
	stranger, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(Server2, echoPort+1)))
	if err != nil {
		return err
	}
	for _, c := range conns {
		go func() {
			b := make([]byte, 100)
			for {
				n, from, err := c.ReadFromUDPAddrPort(b)
				if err != nil {
					return
				}
				if strings.HasPrefix(string(b[:n]), "stranger") {
					_, _ = stranger.WriteToUDPAddrPort([]byte("stranger"), from)
					continue
				}
				_, _ = c.WriteToUDPAddrPort(fmt.Append(nil, from.Port()), from)
			}
		}()
	}
	fmt.Println("up")
	_, err = bufio.NewReader(os.Stdin).ReadByte() // until our parent goes
	return err
}

func ask() error {
	c, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	b := make([]byte, 100)
	ask := func(a netip.Addr, text string) (string, error) {
		for range 3 {
			if _, err := c.WriteToUDPAddrPort([]byte(text), netip.AddrPortFrom(a, echoPort)); err != nil {
				return "", err
			}
			_ = c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			if n, err := c.Read(b); err == nil {
				return string(b[:n]), nil
			} else if !errors.Is(err, os.ErrDeadlineExceeded) {
				return "", err
			}
		}
		return "", errors.New("timeout")
	}
	first, err := ask(Server, "port")
	if err != nil {
		return err
	}
	second, err := ask(Server2, "port")
	if err != nil {
		return err
	}
	in := "out"
	if got, err := ask(Server2, "stranger"); err == nil && got == "stranger" {
		in = "in"
	}
	fmt.Printf("local %d seen %s %s stranger %s\n", c.LocalAddr().(*net.UDPAddr).Port, first, second, in)
	return nil
}

// runPair runs the echo in the internet, and ask at a site.
func runPair(town *Town, s *Site) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	server := town.Internet.Command(self, childFlag, "echo")
	in, err := server.StdinPipe()
	if err != nil {
		return "", err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := server.Start(); err != nil {
		return "", err
	}
	defer func() {
		_ = in.Close()
		_ = server.Wait()
	}()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "up\n" {
		return line, err
	}
	b, err := s.Host.Command(self, childFlag, "ask").CombinedOutput()
	return string(b), err
}
