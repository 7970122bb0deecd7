//go:build !js

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// second is the second window of -duo: another process of this program, which
// enters the first one's room.
type second struct {
	options options
	cmd     *exec.Cmd
	life    io.Closer // the child ends when this does, however we end
	ended   chan struct{}
	end     context.CancelFunc
}

// args returns the command line of the second window.
func (s *second) args(link string) []string {
	o := s.options
	args := []string{
		"-second", "-loopback", "-ready", "-room", link, "-name", o.with.name + " 2", "-size", fmt.Sprintf("%dx%d", o.width, o.height),
	}
	if o.watch {
		args = append(args, "-watch")
	}
	if o.trace != "" && o.trace != "-" {
		args = append(args, "-trace", o.trace+".2")
	}
	return args
}

// start opens the window, once.
func (s *second) start(link string) {
	if s.cmd != nil {
		return
	}
	exe, err := os.Executable()
	if err != nil {
		fmt.Fprintf(os.Stderr, "ricochet: no second window: %v\n", err)
		return
	}
	s.cmd = exec.Command(exe, s.args(link)...)
	s.cmd.Stderr = os.Stderr
	if s.life, err = s.cmd.StdinPipe(); err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "ricochet: no second window: %v\n", err)
		return
	}
	s.ended = make(chan struct{})
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait() // it tells on standard error what was wrong
		s.end()
	}()
}

// follow returns a context that ends with ctx or with the second window.
func (s *second) follow(ctx context.Context) context.Context {
	ctx, s.end = context.WithCancel(ctx)
	return ctx
}

// close ends the second window and waits for it.
func (s *second) close() {
	if s.ended != nil {
		_ = s.life.Close()
		<-s.ended
	}
	s.end()
}

// followInput returns a context that ends with ctx or with the input, which the
// first window holds open.
func followInput(ctx context.Context, in io.Reader) context.Context {
	ctx, end := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in) // until the first window is gone
		end()
	}()
	return ctx
}
