//go:build linux

package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestWindow plays in a real window of a display without a screen: keys must move
// the ship in the simulation, and the picture must show a match.
func TestWindow(t *testing.T) {
	xdotool := tool(t, "xdotool")
	display, frameBuffer := startDisplay(t)
	exe := buildDemo(t)
	cmd := exec.Command(exe, "-seed", "7", "-size", "1280x720", "-trace", "-")
	cmd.Env = append(withoutDisplay(), "DISPLAY="+display)
	game := start(t, cmd)
	press := func(args ...string) {
		t.Helper()
		x := exec.Command(xdotool, args...)
		x.Env = cmd.Env
		if out, err := x.CombinedOutput(); err != nil {
			t.Fatalf("xdotool %v: %v\n%s", args, err, out)
		}
	}
	await := func(what string, seconds int, ok func(facts) bool) {
		t.Helper()
		game.await(what, 60*time.Second, func(line string) bool {
			var p facts
			if err := json.Unmarshal([]byte(line), &p); err != nil {
				t.Fatalf("trace line %q: %v", line, err)
			}
			if seconds--; seconds < 0 {
				t.Fatalf("no %s; the trace says %s", what, line)
			}
			return ok(p)
		})
	}

	await("whistle", 20, func(p facts) bool { return p.Phase == "play" })
	press("keydown", "Up")
	await("flight up", 20, func(p facts) bool { return p.Y < -40 })
	press("keyup", "Up", "keydown", "s")
	await("flight down", 20, func(p facts) bool { return p.Y > 40 })
	press("keyup", "s", "keydown", "w", "key", "space")
	await("dash", 3, func(p facts) bool { return p.Charge < 1 })
	press("keyup", "w")
	await("hash", 5, func(p facts) bool { return p.HashFrame >= 60 && p.Settled >= p.HashFrame })

	picture := readXWD(t, frameBuffer)
	save(t, picture, "window.png")
	if n := colors(picture); n < 500 {
		t.Errorf("the picture has %d colours; a match has thousands, see out/window.png", n)
	}
	if err := game.interrupt(10 * time.Second); err != nil {
		t.Errorf("after Ctrl-C the window ended with %v\n%s", err, &game.errors)
	}
}

// TestNoWindowSystem wants the page, not an error, from a display that is not there.
func TestNoWindowSystem(t *testing.T) {
	exe := buildDemo(t)
	cmd := exec.Command(exe, "-addr", "127.0.0.1:0")
	cmd.Env = append(withoutDisplay(), "DISPLAY=:4711")
	game := start(t, cmd)
	game.await("page", 5*time.Minute, isReady)
	if err := game.interrupt(10 * time.Second); err != nil {
		t.Errorf("after Ctrl-C it ended with %v\n%s", err, &game.errors)
	}
}

// startDisplay starts Xvfb on a free display and returns the display's name and
// the file that holds its picture.
func startDisplay(t *testing.T) (display, frameBuffer string) {
	t.Helper()
	xvfb := tool(t, "Xvfb")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	dir := t.TempDir()
	cmd := exec.Command(xvfb, "-displayfd", "3", "-screen", "0", "1280x720x24", "-fbdir", dir, "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{write}
	server := startBy(t, cmd, startPreferred) // who draws waits for it
	write.Close()
	var number int
	if err := read.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanln(read, &number); err != nil {
		t.Fatalf("Xvfb names no display: %v\n%s", err, &server.errors)
	}
	return fmt.Sprintf(":%d", number), filepath.Join(dir, "Xvfb_screen0")
}

// readXWD reads the picture that Xvfb keeps: an X window dump of 32 bits per pixel.
func readXWD(t *testing.T, path string) image.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	field := func(i int) int {
		if len(data) < 4*i+4 {
			t.Fatalf("%s has only %d bytes", path, len(data))
		}
		return int(binary.BigEndian.Uint32(data[4*i:]))
	}
	header, width, height, bits, line, palette := field(0), field(4), field(5), field(11), field(12), field(19)
	first := header + 12*palette
	if bits != 32 || first+line*height > len(data) {
		t.Fatalf("%s: %d bits per pixel, %d bytes; cannot read that", path, bits, len(data))
	}
	pixel := binary.ByteOrder(binary.LittleEndian)
	if field(7) == 1 {
		pixel = binary.BigEndian
	}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p := pixel.Uint32(data[first+y*line+4*x:])
			picture.SetRGBA(x, y, color.RGBA{uint8(p >> 16), uint8(p >> 8), uint8(p), 255})
		}
	}
	return picture
}

// colors counts the different colours of a picture.
func colors(picture image.Image) int {
	seen := make(map[color.Color]bool)
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

// save writes a picture to look at.
func save(t *testing.T, picture image.Image, name string) {
	t.Helper()
	f, err := os.Create(filepath.Join(outDir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, picture); err != nil {
		t.Fatal(err)
	}
}

func TestDisplayIsAssumedWhereItIsUsual(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if hasDisplay() {
		t.Errorf("on %s without DISPLAY and WAYLAND_DISPLAY there is no display", runtime.GOOS)
	}
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if !hasDisplay() {
		t.Error("WAYLAND_DISPLAY names a display")
	}
}
