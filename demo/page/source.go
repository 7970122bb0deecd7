//go:build !js

package page

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// ImportPath is the package that the page runs.
const ImportPath = "github.com/tuttiplay/tutti/demo"

var (
	// ErrNoGo says that the go command, which builds the page, is not on PATH.
	ErrNoGo = errors.New("page: the page is built by the go command, and there is none on PATH; install Go from https://go.dev/dl and try again")
	// ErrNoSource says that the source of the demo is not on this machine.
	ErrNoSource = errors.New("page: the page is built from source, and the source of this program is not on this machine; run it as: go run " + ImportPath + "@latest")
)

// Source returns the folder of the demo's package, in a checkout or in the
// module cache. It looks where this program was compiled from, then asks the go
// command for the version this program says it is, then for the package as seen
// from the current folder. Errors: [ErrNoGo], [ErrNoSource].
func Source(ctx context.Context) (string, error) {
	if _, file, _, ok := runtime.Caller(0); ok {
		if dir := filepath.Dir(filepath.Dir(file)); isSource(dir) {
			return dir, nil
		}
	}
	goTool, err := goCommand()
	if err != nil {
		return "", err
	}
	// A binary built with -trimpath does not know its folder, but its version.
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(ImportPath, info.Main.Path+"/") && strings.HasPrefix(info.Main.Version, "v") {
		var module struct{ Dir string }
		out, err := exec.CommandContext(ctx, goTool, "mod", "download", "-json", info.Main.Path+"@"+info.Main.Version).Output()
		if err == nil && json.Unmarshal(out, &module) == nil {
			if dir := filepath.Join(module.Dir, strings.TrimPrefix(ImportPath, info.Main.Path+"/")); isSource(dir) {
				return dir, nil
			}
		}
	}
	out, err := exec.CommandContext(ctx, goTool, "list", "-find", "-f", "{{.Dir}}", ImportPath).Output()
	if dir := strings.TrimSpace(string(out)); err == nil && isSource(dir) {
		return dir, nil
	}
	return "", ErrNoSource
}

// isSource reports whether dir holds the demo, below a module's root.
func isSource(dir string) bool {
	if !filepath.IsAbs(dir) {
		return false // -trimpath leaves import paths instead of folders
	}
	for _, name := range []string{"main_js.go", "page/index.html", "../go.mod"} {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

func goCommand() (string, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return "", ErrNoGo
	}
	return path, nil
}
