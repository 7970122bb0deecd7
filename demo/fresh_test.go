//go:build unix

package main

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// freshVersion is the version under which the test publishes the working tree.
const (
	freshModule  = "github.com/tuttiplay/tutti"
	freshVersion = "v0.0.1"
)

// TestFreshMachine does what the README tells a newcomer to do, on a machine that
// has Go and Git and nothing else: no home, no modules, no C compiler, no display.
// What the go command has compiled before it may use again: it knows by content.
// The working tree is published in a module proxy of files, so the demo runs from
// the module cache, where nothing can be built in place.
func TestFreshMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the demo and all that it needs, twice: not under -short")
	}
	goTool, git := tool(t, "go"), tool(t, "git")
	m := newMachine(t, goTool, git)
	m.run(t, goTool, "mod", "download", freshModule+"@"+freshVersion)
	before := m.cached(t)

	demo := m.command(goTool, "run", freshModule+"/demo@"+freshVersion)
	demo.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	running := start(t, demo)
	t.Cleanup(func() { _ = syscall.Kill(-demo.Process.Pid, syscall.SIGKILL) }) // go run's child, if it still lives
	address := addressInText.FindString(running.await("address", 10*time.Minute, isReady))
	for path, mime := range map[string]string{"": "text/html", "wasm_exec.js": "text/javascript", "ricochet.wasm": "application/wasm"} {
		wantFile(t, address+path, mime)
	}
	// A terminal sends Ctrl-C to the go command and to the demo alike.
	if err := syscall.Kill(-demo.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-running.drained()
	// go run itself always ends with 1 then, but would tell of another status.
	if strings.Contains(running.errors.String(), "exit status") {
		t.Errorf("after Ctrl-C it ended with %v\n%s", running.err, &running.errors)
	}
	if after := m.cached(t); !slices.Equal(before, after) {
		t.Errorf("the module cache changed:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
	if left, _ := filepath.Glob(filepath.Join(m.tmp, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	t.Run("installed without paths", func(t *testing.T) { m.runsInstalled(t, goTool) })
}

// machine is a computer where nothing was ever built.
type machine struct {
	env      []string
	modCache string
	bin      string // where go install puts programs
	tmp      string
	home     string
}

func newMachine(t *testing.T, goTool, git string) *machine {
	t.Helper()
	out, err := exec.Command(goTool, "env", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules, compiled, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	known := filepath.Join(modules, "cache", "download")
	dir := t.TempDir()
	sub := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	path := sub("path")
	for _, tool := range []string{goTool, git} {
		real, err := filepath.EvalSymlinks(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(path, filepath.Base(tool))); err != nil {
			t.Fatal(err)
		}
	}
	m := &machine{modCache: sub("modcache"), bin: sub("bin"), tmp: sub("tmp"), home: sub("home")}
	m.env = []string{
		"PATH=" + path, "HOME=" + m.home, "TMPDIR=" + m.tmp, "GOCACHE=" + compiled, "GOMODCACHE=" + m.modCache, "GOBIN=" + m.bin,
		"GOPROXY=file://" + publish(t, sub("proxy")) + ",file://" + known,
		"GOSUMDB=off", "GOTOOLCHAIN=local", "GOTELEMETRY=off",
	}
	// The module cache is read-only, which t.TempDir cannot remove.
	t.Cleanup(func() { _ = m.command(goTool, "clean", "-modcache").Run() })
	return m
}

func (m *machine) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = m.env, m.home
	return cmd
}

func (m *machine) run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := m.command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
}

// runsInstalled plays the page with a program that does not know where it was
// compiled, then once more without the go command.
func (m *machine) runsInstalled(t *testing.T, goTool string) {
	m.run(t, goTool, "install", "-trimpath", freshModule+"/demo@"+freshVersion)
	running := start(t, m.command(filepath.Join(m.bin, "demo")))
	running.await("address", 5*time.Minute, isReady)
	if err := running.interrupt(10 * time.Second); err != nil {
		t.Errorf("after Ctrl-C it ended with %v\n%s", err, &running.errors)
	}

	lost := m.command(filepath.Join(m.bin, "demo"))
	lost.Env = []string{"PATH=" + m.home}
	out, err := lost.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "there is none on PATH") || !strings.Contains(string(out), "https://go.dev/dl") {
		t.Errorf("without the go command it ended with %v and said:\n%s", err, out)
	}
}

// cached lists what the module cache holds of our module.
func (m *machine) cached(t *testing.T) []string {
	t.Helper()
	var all []string
	root := filepath.Join(m.modCache, filepath.FromSlash(freshModule)+"@"+freshVersion)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all = append(all, fmt.Sprint(path, info.Mode(), info.ModTime()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// publish writes the working tree as a module into a proxy of files below dir,
// which it returns.
func publish(t *testing.T, dir string) string {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := exec.Command("git", "-C", root, "ls-files", "-co", "--exclude-standard").Output()
	if err != nil {
		t.Skipf("only a checkout can be published: %v", err)
	}
	at := filepath.Join(dir, filepath.FromSlash(freshModule), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(at, freshVersion+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(archive)
	for name := range strings.Lines(string(files)) {
		name = strings.TrimSpace(name)
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			continue // deleted, or a folder of another repository
		}
		w, err := z.Create(freshModule + "@" + freshVersion + "/" + name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
		if name == "go.mod" {
			write(t, filepath.Join(at, freshVersion+".mod"), data)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(at, "list"), []byte(freshVersion+"\n"))
	write(t, filepath.Join(at, freshVersion+".info"), []byte(`{"Version":"`+freshVersion+`","Time":"2026-01-02T03:04:05Z"}`))
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// wantFile fetches one file of the page.
func wantFile(t *testing.T, address, mime string) {
	t.Helper()
	client := http.Client{Timeout: 30 * time.Second}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || len(body) < 1000 || !strings.HasPrefix(resp.Header.Get("Content-Type"), mime) {
		t.Errorf("GET %s: %s, %s, %d bytes, %v; want %s", address, resp.Status, resp.Header.Get("Content-Type"), len(body), err, mime)
	}
}
