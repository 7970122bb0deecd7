// Ricochet in a page; main.go says what it is.
package main

import (
	"strconv"
	"syscall/js"

	"github.com/hajimehoshi/ebiten/v2"
)

func main() {
	face := newFace()
	r, with, watch := pageOptions()
	a, err := newApp(r, with, watch)
	if err == nil {
		a.watch = face.watch
		a.clip.listen()
		a.hand.soft.listen()
		// A phone has no keys to tell of.
		a.stage.Touch = js.Global().Call("matchMedia", "(pointer: coarse)").Get("matches").Bool()
		leave := js.FuncOf(func(js.Value, []js.Value) any {
			go a.close() // what reaches the wire before the page is gone spares the others the wait
			return nil
		})
		js.Global().Call("addEventListener", "pagehide", leave)
		err = ebiten.RunGameWithOptions(a, nil)
	}
	if err != nil {
		face.fail(err)
	}
}

// pageOptions reads ?bots=5&seed=1&watch=1&server=&room=&host=1&name=&say=&start=&ready=1
// from the page's address; an invite link has room and server behind a #. What
// makes no sense there is the default.
func pageOptions() (r rules, with together, watch bool) {
	location := js.Global().Get("location")
	query := js.Global().Get("URLSearchParams").New(location.Get("search"))
	hash := location.Get("hash").String()
	if hash != "" {
		hash = hash[1:]
	}
	behind := js.Global().Get("URLSearchParams").New(hash)
	get := func(name string) string {
		for _, from := range []js.Value{query, behind} {
			if v := from.Call("get", name); v.Type() == js.TypeString {
				return v.String()
			}
		}
		return ""
	}
	r = defaultRules()
	if n, err := strconv.Atoi(get("bots")); err == nil {
		r.bots = n
	}
	if n, err := strconv.ParseUint(get("seed"), 10, 64); err == nil {
		r.seed = n
	}
	if r.validate() != nil {
		r.bots = defaultRules().bots
	}
	with = together{
		server: get("server"), room: get("room"), host: get("host") != "" && get("room") == "", name: get("name"), say: get("say"),
		ready: get("ready") != "", page: location.Get("origin").String() + location.Get("pathname").String(),
	}
	if with.name == "" {
		with.name = remembered()
	}
	with.start, _ = strconv.Atoi(get("start"))
	return r, with, get("watch") != ""
}

// find makes sure that there is a lobby server: the one that the page's server
// names, which may be itself. A page cannot become one.
func (t *together) find() (stop func(), err error) {
	if t.server == "" {
		t.server = pageServer()
	}
	remember(t.name)
	return func() {}, nil
}

// pageServer returns the lobby server that the page was served with, "" for none.
func pageServer() string {
	v := js.Global().Get("tuttiServer")
	if v.Type() != js.TypeString {
		return ""
	}
	server := v.String()
	if server != "" && server[0] == '/' {
		location := js.Global().Get("location")
		scheme := "ws://"
		if location.Get("protocol").String() == "https:" {
			scheme = "wss://"
		}
		server = scheme + location.Get("host").String() + server
	}
	return server
}

const nameEntry = "tutti.name"

// storage returns the page's storage; a browser may refuse it.
func storage() (s js.Value, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	s = js.Global().Get("localStorage")
	return s, s.Truthy()
}

// remembered returns the name that the player used last here.
func remembered() string {
	if s, ok := storage(); ok {
		if v := s.Call("getItem", nameEntry); v.Type() == js.TypeString {
			return v.String()
		}
	}
	return "Player"
}

func remember(name string) {
	if s, ok := storage(); ok && name != "" {
		s.Call("setItem", nameEntry, name)
	}
}
