//go:build !js

package main

import (
	"context"
	"errors"
	"net"
	"sync"
)

// stack carries small messages between two ends in this process, over loopback.
// What the near end sends, the far end sends back.
type stack interface {
	send(b []byte) error // from the near end
	close() error        // ends both and waits for their goroutines
}

// opener makes a stack; got runs for each message that comes back, one at a
// time. b is dead when it returns.
type opener func(ctx context.Context, got func(b []byte)) (stack, error)

// udpStack is two sockets and nothing between.
type udpStack struct {
	near, far *net.UDPConn
	readers   sync.WaitGroup
}

func openUDP(_ context.Context, got func(b []byte)) (stack, error) {
	far, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	near, err := net.DialUDP("udp4", nil, far.LocalAddr().(*net.UDPAddr))
	if err != nil {
		far.Close()
		return nil, err
	}
	s := &udpStack{near: near, far: far}
	s.readers.Go(func() {
		buf := make([]byte, 2048)
		for {
			n, from, err := far.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			_, _ = far.WriteToUDPAddrPort(buf[:n], from) // what is lost is noticed
		}
	})
	s.readers.Go(func() {
		buf := make([]byte, 2048)
		for {
			n, err := near.Read(buf)
			if err != nil {
				return
			}
			got(buf[:n])
		}
	})
	return s, nil
}

func (s *udpStack) send(b []byte) error {
	_, err := s.near.Write(b)
	return err
}

func (s *udpStack) close() error {
	err := errors.Join(s.near.Close(), s.far.Close())
	s.readers.Wait()
	return err
}
