package main

import (
	"slices"
	"syscall/js"
)

// face is what the game shows of itself to the page around it: the global object
// tutti, with what facts has. Its ship, score and puck change in place; members,
// chat, events and hashes are arrays that grow or are replaced.
type face struct {
	tutti, ship, puck, score js.Value
	last                     facts
	began                    bool
	chat, events, hashes     list
}

// list is an array of the page that follows a slice that only grows, until it is
// another one.
type list struct {
	array js.Value
	n     int
}

func newFace() *face {
	f := &face{tutti: object(), ship: object(), puck: object(), score: array()}
	f.tutti.Set("frame", 0)
	f.tutti.Set("ship", f.ship)
	f.tutti.Set("puck", f.puck)
	f.tutti.Set("score", f.score)
	f.tutti.Set("members", array())
	f.chat.reset(f.tutti, "chat")
	f.events.reset(f.tutti, "events")
	f.hashes.reset(f.tutti, "hashes")
	js.Global().Set("tutti", f.tutti)
	return f
}

func object() js.Value { return js.Global().Get("Object").New() }

func array() js.Value { return js.Global().Get("Array").New() }

func (l *list) reset(tutti js.Value, name string) {
	l.array, l.n = array(), 0
	tutti.Set(name, l.array)
}

// follow adds what is new.
func (l *list) follow(tutti js.Value, name string, n int, item func(i int) any) {
	if n < l.n {
		l.reset(tutti, name)
	}
	for ; l.n < n; l.n++ {
		l.array.Call("push", item(l.n))
	}
}

// watch updates the object after an Update.
func (f *face) watch(now facts) {
	old, set := &f.last, f.tutti.Set
	if !f.began || now.Screen != old.Screen || now.Phase != old.Phase || now.Room != old.Room || now.Error != old.Error || now.Seat != old.Seat || now.Match != old.Match {
		set("screen", now.Screen)
		set("phase", now.Phase)
		set("room", now.Room)
		set("link", now.Link)
		set("error", now.Error)
		set("seat", now.Seat)
		set("match", now.Match)
	}
	if now.Match != old.Match {
		f.hashes.reset(f.tutti, "hashes")
	}
	if !slices.Equal(now.Members, old.Members) {
		members := array()
		for _, m := range now.Members {
			members.Call("push", map[string]any{
				"name": m.Name, "seat": m.Seat, "ready": m.Ready, "owner": m.Owner, "self": m.Self, "path": m.Path, "rtt_ms": m.RTT,
				"local": m.Local, "remote": m.Remote,
			})
		}
		set("members", members)
	}
	f.chat.follow(f.tutti, "chat", len(now.Chat), func(i int) any {
		return map[string]any{"name": now.Chat[i].Name, "text": now.Chat[i].Text}
	})
	f.events.follow(f.tutti, "events", len(now.Events), func(i int) any { return now.Events[i] })
	f.hashes.follow(f.tutti, "hashes", len(now.Hashes), func(i int) any {
		return map[string]any{"frame": int(now.Hashes[i].Frame), "hash": now.Hashes[i].Hash}
	})
	if !f.began || now.Frame != old.Frame || now.Match != old.Match || now.Settled != old.Settled || now.HashFrame != old.HashFrame {
		f.watchMatch(now)
	}
	members := append(f.last.Members[:0], now.Members...)
	f.last, f.began = now, true
	f.last.Members = members // the game uses its own again
}

func (f *face) watchMatch(now facts) {
	f.ship.Set("x", now.X)
	f.ship.Set("y", now.Y)
	f.ship.Set("charge", now.Charge)
	f.puck.Set("x", now.Puck.X)
	f.puck.Set("y", now.Puck.Y)
	f.score.SetIndex(0, now.Score[0])
	f.score.SetIndex(1, now.Score[1])
	f.tutti.Set("confirmed", int(now.Confirmed))
	f.tutti.Set("settled", int(now.Settled))
	f.tutti.Set("hash", now.Hash)
	f.tutti.Set("hashFrame", int(now.HashFrame))
	f.tutti.Set("frame", int(now.Frame)) // last: whoever sees it sees the rest of that frame
}

// fail leaves the reason why the game stopped for the page to show.
func (f *face) fail(err error) { f.tutti.Set("error", err.Error()) }
