package simnet

import (
	"slices"
	"strings"

	"github.com/tuttiplay/tutti/netcode/weather"
)

// ending is the trouble that is left when a scenario is over.
type ending struct {
	players int
	cut     []bool            // by direction, see at
	weather []weather.Weather // by direction
	stopped []bool            // by player: frozen or suspended
}

// at is the place of a direction in the lists.
func (e *ending) at(from, to int) int { return (from-1)*e.players + to - 1 }

// end returns the ending of s, which is valid. Who crashes is not in it.
func (s Scenario) end() *ending {
	e := &ending{
		players: s.Players,
		cut:     make([]bool, s.Players*s.Players),
		weather: slices.Repeat([]weather.Weather{s.Weather}, s.Players*s.Players),
		stopped: make([]bool, s.Players),
	}
	for _, p := range s.Paths {
		e.weather[e.at(p.From, p.To)] = p.Weather
	}
	for _, event := range s.Events {
		e.after(event.Action)
	}
	return e
}

// after brings e to where it is after one more action.
func (e *ending) after(action Action) {
	switch a := action.(type) {
	case Cut:
		e.cut[e.at(a.A, a.B)], e.cut[e.at(a.B, a.A)] = true, true
	case CutOneWay:
		e.cut[e.at(a.From, a.To)] = true
	case Heal:
		e.cut[e.at(a.A, a.B)], e.cut[e.at(a.B, a.A)] = false, false
	case HealAll:
		clear(e.cut)
	case Split:
		for i := range e.cut {
			if !together(a.Groups, i/e.players+1, i%e.players+1) {
				e.cut[i] = true
			}
		}
	case Shape:
		e.weather[e.at(a.From, a.To)] = a.Weather
	case Freeze:
		e.stopped[a.Player-1] = true
	case Suspend:
		e.stopped[a.Player-1] = true
	case Thaw:
		e.stopped[a.Player-1] = false
	}
}

// worse tells whether e leaves more trouble anywhere than o, of as many players.
func (e *ending) worse(o *ending) bool {
	for i := range e.cut {
		if e.cut[i] && !o.cut[i] || rougher(e.weather[i], o.weather[i]) {
			return true
		}
	}
	for i := range e.stopped {
		if e.stopped[i] && !o.stopped[i] {
			return true
		}
	}
	return false
}

// rougher tells whether any number of v is worse than that of w.
func rougher(v, w weather.Weather) bool {
	if v == w {
		return false
	}
	for key := range strings.FieldsSeq(weatherKeys) {
		d, s, n := number(&v, key)
		d2, s2, n2 := number(&w, key)
		switch {
		case d != nil && *d > *d2, s != nil && *s > *s2:
			return true
		case key == "rate" && *n != 0 && (*n2 == 0 || *n < *n2): // 0 is no limit
			return true
		case key == "burstlength" && *n > *n2:
			return true
		}
	}
	return false
}
