package simnet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseError is what [Parse] returns, and [Load] wraps.
type ParseError struct {
	// Line counts from 1.
	Line int
	// Err says what is wrong with it.
	Err error
}

// Error returns the number of the line and what is wrong with it.
func (e *ParseError) Error() string { return fmt.Sprintf("simnet: line %d: %v", e.Line, e.Err) }

// Unwrap returns Err.
func (e *ParseError) Unwrap() error { return e.Err }

// Parse reads the text form of a [Scenario]. Seed and weather may be left out
// and are zero then, the number of players may not; all of them stand before the
// first event. The result is valid. The error is a [*ParseError].
func Parse(text string) (Scenario, error) {
	p := parser{top: true, seen: make(map[string]bool)}
	for line := range strings.Lines(text) {
		p.line++
		if err := p.read(line); err != nil {
			return Scenario{}, &ParseError{Line: p.line, Err: err}
		}
	}
	if p.s.Players == 0 {
		return Scenario{}, &ParseError{Line: max(1, p.line), Err: errors.New("the text ends and does not say how many players there are")}
	}
	return p.s, nil
}

// parser is a text half read.
type parser struct {
	s    Scenario
	line int
	top  bool // nothing but comments so far
	seen map[string]bool
}

func (p *parser) read(line string) error {
	words := strings.Fields(line)
	for i, word := range words {
		if word[0] == '#' {
			if p.top && i == 0 {
				_, note, _ := strings.Cut(line, "#")
				if p.seen["note"] {
					p.s.Note += "\n"
				}
				p.s.Note += strings.TrimSpace(note)
				p.seen["note"] = true
			}
			words = words[:i]
			break
		}
	}
	if len(words) == 0 {
		return nil
	}
	p.top = false
	key, rest := words[0], words[1:]
	if key == "at" {
		return p.event(rest)
	}
	if len(p.s.Events) > 0 {
		return fmt.Errorf("%.40q after the first event", key)
	}
	if key != "weather" || len(rest) == 0 || !strings.Contains(rest[0], ">") {
		if p.seen[key] {
			return fmt.Errorf("%.40q twice", key)
		}
		p.seen[key] = true
	}
	return p.header(key, rest)
}

// header reads a line that is not an event.
func (p *parser) header(key string, rest []string) (err error) {
	if key == "weather" {
		if len(rest) > 0 && strings.Contains(rest[0], ">") {
			path, err := parseShape(rest)
			if err != nil {
				return err
			}
			p.s.Paths = append(p.s.Paths, path)
			return p.s.checkPath(len(p.s.Paths) - 1)
		}
		p.s.Weather, err = parseWeather(rest)
		return err
	}
	if len(rest) != 1 {
		return fmt.Errorf("%.40q has %d values; want one", key, len(rest))
	}
	switch key {
	case "seed":
		p.s.Seed, err = strconv.ParseUint(rest[0], 0, 64)
	case "players":
		p.s.Players, err = strconv.Atoi(rest[0])
		if err == nil && (p.s.Players < 1 || p.s.Players > MaxPlayers) {
			err = fmt.Errorf("%d players; want 1 to %d", p.s.Players, MaxPlayers)
		}
	case "length":
		p.s.Length, err = time.ParseDuration(rest[0])
		if err == nil && p.s.Length <= 0 {
			err = fmt.Errorf("the length is %v; want more than 0", p.s.Length)
		}
	default:
		return fmt.Errorf("%.40q starts no line; want seed, players, length, weather or at", key)
	}
	return err
}

// event reads what follows "at".
func (p *parser) event(words []string) error {
	switch {
	case p.s.Players == 0:
		return errors.New("an event before the number of players is known")
	case len(words) < 2:
		return errors.New("an event is at a time, and something")
	}
	at, err := time.ParseDuration(words[0])
	if err != nil {
		return err
	}
	action, err := parseAction(words[1], words[2:])
	if err != nil {
		return err
	}
	p.s.Events = append(p.s.Events, Event{At: at, Action: action})
	return p.s.checkEvent(len(p.s.Events) - 1)
}

// parseAction reads an action; the caller checks its numbers.
func parseAction(verb string, args []string) (Action, error) {
	switch {
	case verb == "do" && len(args) > 0:
		return Do{Name: args[0], Args: append([]string(nil), args[1:]...)}, nil
	case verb == "split":
		return parseSplit(args)
	case verb == "shape":
		return parseShape(args)
	case verb == "heal" && len(args) == 1 && args[0] == "all":
		return HealAll{}, nil
	case verb == "cut" && len(args) == 1:
		from, to, err := parsePath(args[0])
		return CutOneWay{from, to}, err
	}
	n, err := numbers(args)
	if err != nil {
		return nil, err
	}
	switch {
	case verb == "cut" && len(n) == 2:
		return Cut{n[0], n[1]}, nil
	case verb == "heal" && len(n) == 2:
		return Heal{n[0], n[1]}, nil
	case verb == "drift" && len(n) == 2:
		return Drift{n[0], n[1]}, nil
	case verb == "freeze" && len(n) == 1:
		return Freeze{n[0]}, nil
	case verb == "suspend" && len(n) == 1:
		return Suspend{n[0]}, nil
	case verb == "thaw" && len(n) == 1:
		return Thaw{n[0]}, nil
	case verb == "crash" && len(n) == 1:
		return Crash{n[0]}, nil
	}
	return nil, fmt.Errorf("nothing is called %.40q and has %d values", verb, len(args))
}

// numbers reads numbers of players, and others.
func numbers(args []string) ([]int, error) {
	n := make([]int, len(args))
	for i, word := range args {
		v, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("%.40q is not a number", word)
		}
		n[i] = v
	}
	return n, nil
}

// parsePath reads a direction, as in 1>2.
func parsePath(word string) (from, to int, err error) {
	ends := strings.Split(word, ">")
	if len(ends) != 2 {
		return 0, 0, fmt.Errorf("%.40q is not a direction such as 1>2", word)
	}
	n, err := numbers(ends)
	if err != nil {
		return 0, 0, err
	}
	return n[0], n[1], nil
}

// parseShape reads a direction and its weather.
func parseShape(words []string) (Shape, error) {
	if len(words) == 0 {
		return Shape{}, errors.New("no direction such as 1>2")
	}
	from, to, err := parsePath(words[0])
	if err != nil {
		return Shape{}, err
	}
	w, err := parseWeather(words[1:])
	return Shape{From: from, To: to, Weather: w}, err
}

// parseSplit reads groups, as in 1,2 3.
func parseSplit(words []string) (Split, error) {
	var a Split
	for _, word := range words {
		g, err := numbers(strings.Split(word, ","))
		if err != nil {
			return a, err
		}
		a.Groups = append(a.Groups, g)
	}
	return a, nil
}
