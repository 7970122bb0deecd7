//go:build !js

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"os"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

// quicStack is a QUIC connection's datagrams (RFC 9221), which are encrypted and
// congestion-controlled like a data channel's messages.
type quicStack struct {
	ends    [2]*quic.Transport
	sockets [2]*net.UDPConn
	conns   [2]*quic.Conn
	quit    context.CancelFunc
	readers sync.WaitGroup
}

func openQUIC(ctx context.Context, got func(b []byte)) (stack, error) {
	// It asks for bigger socket buffers than 100 bytes at a time need, and says so.
	os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true")
	s := &quicStack{}
	reading, quit := context.WithCancel(context.Background())
	s.quit = quit
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	near, far := s.conns[0], s.conns[1]
	s.readers.Go(func() {
		for {
			b, err := far.ReceiveDatagram(reading)
			if err != nil {
				return
			}
			_ = far.SendDatagram(b) // what is lost is noticed
		}
	})
	s.readers.Go(func() {
		for {
			b, err := near.ReceiveDatagram(reading)
			if err != nil {
				return
			}
			got(b)
		}
	})
	return s, nil
}

func (s *quicStack) connect(ctx context.Context) error {
	server, client, err := quicTLS()
	if err != nil {
		return err
	}
	for i := range s.ends {
		if s.sockets[i], err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			return err
		}
		s.ends[i] = &quic.Transport{Conn: s.sockets[i]}
	}
	settings := &quic.Config{EnableDatagrams: true, MaxIdleTimeout: time.Minute} // idle while others have their turn
	door, err := s.ends[1].Listen(server, settings)
	if err != nil {
		return err
	}
	defer door.Close() // lets in one
	if s.conns[0], err = s.ends[0].Dial(ctx, s.sockets[1].LocalAddr(), client, settings); err != nil {
		return err
	}
	s.conns[1], err = door.Accept(ctx)
	return err
}

func (s *quicStack) send(b []byte) error { return s.conns[0].SendDatagram(b) }

func (s *quicStack) close() error {
	s.quit()
	var all []error
	for _, c := range s.conns {
		if c != nil {
			all = append(all, c.CloseWithError(0, ""))
		}
	}
	s.readers.Wait()
	for i, end := range s.ends {
		if end != nil {
			all = append(all, end.Close(), s.sockets[i].Close())
		}
	}
	return errors.Join(all...)
}

// quicTLS returns the settings of a server with a fresh certificate and of a
// client that trusts it and no other.
func quicTLS() (server, client *tls.Config, err error) {
	const name, protocol = "bench.invalid", "bench"
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(cert)
	server = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: private}}, NextProtos: []string{protocol}, MinVersion: tls.VersionTLS13,
	}
	client = &tls.Config{RootCAs: trusted, ServerName: name, NextProtos: []string{protocol}, MinVersion: tls.VersionTLS13}
	return server, client, nil
}
