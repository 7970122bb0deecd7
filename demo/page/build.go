//go:build !js

package page

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BuildError says that the go command could not build the page.
type BuildError struct {
	Output string // what it printed last
	Err    error  // how it ended
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("page: the go command could not build the page (%v):\n%s", e.Err, e.Output)
}

func (e *BuildError) Unwrap() error { return e.Err }

// Build compiles the demo for the browser and returns the finished page. With an
// empty build cache that takes a minute or two, so progress, unless nil, is
// called after each package with how many of total are done, from one goroutine;
// total is 0 while it is unknown. Cancelling ctx stops the go command. Errors:
// [ErrNoGo], [ErrNoSource], [*BuildError], or one of the file system.
func Build(ctx context.Context, progress func(done, total int)) (*Site, error) {
	goTool, err := goCommand()
	if err != nil {
		return nil, err
	}
	dir, err := Source(ctx)
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "tutti-page-")
	if err != nil {
		return nil, fmt.Errorf("page: no temporary folder for the build: %w", err)
	}
	defer os.RemoveAll(tmp)

	if progress == nil {
		progress = func(int, int) {}
	}
	progress(0, 0)
	b := builder{goTool: goTool, dir: dir}
	support, err := b.support(ctx)
	if err != nil {
		return nil, err
	}
	wasm := filepath.Join(tmp, "ricochet.wasm")
	if err := b.compile(ctx, wasm, progress); err != nil {
		return nil, err
	}
	program, err := os.ReadFile(wasm)
	if err != nil {
		return nil, fmt.Errorf("page: the go command left no program: %w", err)
	}
	return newSite(program, support), nil
}

// builder runs the go command for the page in the folder of the demo.
type builder struct{ goTool, dir string }

// support returns the JavaScript that carries a Go program, from the toolchain
// that compiles it: the two must be of one version.
func (b builder) support(ctx context.Context) ([]byte, error) {
	out, err := b.command(ctx, "env", "GOROOT").Output()
	if err != nil {
		return nil, &BuildError{Output: lastWords(err), Err: err}
	}
	root := strings.TrimSpace(string(out))
	for _, name := range []string{"lib/wasm/wasm_exec.js", "misc/wasm/wasm_exec.js"} {
		js, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if !errors.Is(err, fs.ErrNotExist) {
			return js, err
		}
	}
	return nil, fmt.Errorf("page: this Go installation (%s) lacks lib/wasm/wasm_exec.js, which every Go page needs; install Go from https://go.dev/dl", root)
}

// compile writes the program to out.
func (b builder) compile(ctx context.Context, out string, progress func(done, total int)) error {
	args := []string{"-trimpath", "-ldflags=-s -w", "-mod=readonly", "-buildvcs=false"}
	// What is not in the build cache yet will be compiled, one name per line.
	stale, err := b.command(ctx, append(append([]string{"list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, args...), ".")...).Output()
	if err != nil {
		return &BuildError{Output: lastWords(err), Err: err}
	}
	total := len(strings.Fields(string(stale)))
	progress(0, total)

	cmd := b.command(ctx, append(append([]string{"build", "-v", "-o", out}, args...), ".")...)
	lines, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return &BuildError{Err: err}
	}
	var last []string
	done := 0
	for scan := bufio.NewScanner(lines); scan.Scan(); {
		last = append(last, scan.Text())
		last = last[max(0, len(last)-20):]
		done++
		progress(min(done, total), total)
	}
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &BuildError{Output: strings.Join(last, "\n"), Err: err}
	}
	return nil
}

// command returns a go command for the page's platform that writes nothing but
// its output file and the build cache.
func (b builder) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, b.goTool, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GO111MODULE=on", "GOWORK=off", "GOFLAGS=-mod=readonly")
	return cmd
}

// lastWords returns what a failed command wrote to its standard error.
func lastWords(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(bytes.TrimSpace(exit.Stderr))
	}
	return ""
}
