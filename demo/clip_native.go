//go:build !js

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// clip is the clipboard. No window toolkit without C gives it to us, so programs
// that come with the system do: none of the methods waits for them.
type clip struct {
	pasted chan string
}

// ask asks for the text on the clipboard, which take returns when it is there.
func (c *clip) ask() {
	if c.pasted == nil {
		c.pasted = make(chan string, 4)
	}
	go func() {
		for _, tool := range clipTools(false) {
			if out, err := runClip(tool, ""); err == nil {
				select {
				case c.pasted <- strings.TrimSpace(out):
				default: // nobody takes them
				}
				return
			}
		}
	}()
}

// take returns what was asked for, once.
func (c *clip) take() string {
	select {
	case text := <-c.pasted:
		return text
	default:
		return ""
	}
}

// write puts a text on the clipboard and reports whether this machine has a
// program for that.
func (c *clip) write(text string) bool {
	tools := slices.DeleteFunc(clipTools(true), func(tool []string) bool {
		_, err := exec.LookPath(tool[0])
		return err != nil
	})
	go func() {
		for _, tool := range tools {
			if _, err := runClip(tool, text); err == nil {
				return
			}
		}
	}()
	return len(tools) > 0
}

// clipTools returns the commands to try, best first.
func clipTools(write bool) [][]string {
	type pair struct{ write, read []string }
	var pairs []pair
	switch runtime.GOOS {
	case "darwin":
		pairs = []pair{{[]string{"pbcopy"}, []string{"pbpaste"}}}
	case "windows":
		pairs = []pair{{[]string{"clip"}, []string{"powershell", "-NoProfile", "-Command", "Get-Clipboard"}}}
	default:
		x := []pair{
			{[]string{"xclip", "-selection", "clipboard"}, []string{"xclip", "-selection", "clipboard", "-o"}},
			{[]string{"xsel", "--clipboard", "--input"}, []string{"xsel", "--clipboard", "--output"}},
		}
		wayland := pair{[]string{"wl-copy"}, []string{"wl-paste", "--no-newline"}}
		if pairs = append(x, wayland); os.Getenv("WAYLAND_DISPLAY") != "" {
			pairs = append([]pair{wayland}, x...)
		}
	}
	var tools [][]string
	for _, p := range pairs {
		if write {
			tools = append(tools, p.write)
		} else {
			tools = append(tools, p.read)
		}
	}
	return tools
}

func runClip(command []string, in string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin = strings.NewReader(in)
	var out bytes.Buffer
	cmd.Stdout = &out
	err := cmd.Run()
	return out.String(), err
}
