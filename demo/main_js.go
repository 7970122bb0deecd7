// Ricochet in a page; main.go says what it is.
package main

import (
	"strconv"
	"syscall/js"

	"github.com/hajimehoshi/ebiten/v2"
)

func main() {
	face := newFace()
	r, watch := pageRules()
	p, err := newPlay(r, watch)
	if err == nil {
		p.watch = face.watch
		// A phone has no keys to tell of.
		p.stage.Touch = js.Global().Call("matchMedia", "(pointer: coarse)").Get("matches").Bool()
		err = ebiten.RunGameWithOptions(p, nil)
	}
	if err != nil {
		face.fail(err)
	}
}

// pageRules reads ?bots=5&seed=1&watch=1 from the page's address; what makes no
// sense there is the default.
func pageRules() (r rules, watch bool) {
	r = defaultRules()
	query := js.Global().Get("URLSearchParams").New(js.Global().Get("location").Get("search"))
	get := func(name string) string {
		if v := query.Call("get", name); v.Type() == js.TypeString {
			return v.String()
		}
		return ""
	}
	if n, err := strconv.Atoi(get("bots")); err == nil {
		r.bots = n
	}
	if n, err := strconv.ParseUint(get("seed"), 10, 64); err == nil {
		r.seed = n
	}
	if r.validate() != nil {
		r.bots = defaultRules().bots
	}
	return r, get("watch") != ""
}
