package lobby

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tuttiplay/tutti/lobby/internal/roomstate"
)

// Invite is what another player needs to find the room; each of the two is
// enough for [Config.Room], but with the code alone Server has to be known.
type Invite struct {
	Code string // six characters
	// Link names server and code, and with a native mesh this member: so it leads
	// into the room also while the server is away, if this member can be reached
	// from outside, for a day at most and as long as this process lives.
	Link string
}

// Invite returns the way into this room; false until the room is entered.
func (r *Room) Invite() (Invite, bool) {
	member := r.memberText()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.room == nil {
		return Invite{}, false
	}
	return Invite{Code: r.room.Code, Link: link(r.cfg.Page, r.target.server, r.room.Code, member)}, true
}

// link writes an invite link. Readers that know of no members see a link to the
// server, as ever.
func link(page, server, code, member string) string {
	if page == "" {
		l := "http" + strings.TrimPrefix(server, "ws") + "/r/" + code
		if member != "" {
			l += "#by=" + member
		}
		return l
	}
	page, _, _ = strings.Cut(page, "#")
	l := page + "#room=" + code + "&server=" + url.QueryEscape(server)
	if member != "" {
		l += "&by=" + member
	}
	return l
}

// parseInvite reads a code or a link, as Invite made it or as a page may have
// it: room and server as parameters before or behind the #.
func parseInvite(s string) (target, error) {
	if code, ok := roomstate.ParseCode(s); ok {
		return target{code: code}, nil
	}
	wrong := fmt.Errorf("lobby: Config.Room is %.80q, which is neither a code of %d characters nor an invite link: %w",
		s, roomstate.CodeSize, ErrWrongCode)
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" {
		return target{}, wrong
	}
	for _, text := range []string{u.Fragment, u.RawQuery} {
		values, err := url.ParseQuery(text)
		if err != nil {
			continue
		}
		code, ok := roomstate.ParseCode(values.Get("room"))
		if !ok {
			continue
		}
		t := target{code: code, member: parseMember(u)}
		if server := values.Get("server"); server != "" {
			if t.server, err = parseServer(server); err != nil {
				return target{}, wrong
			}
		}
		return t, nil
	}
	prefix, last, found := cutLast(u.Path, "/r/")
	code, ok := roomstate.ParseCode(last)
	if !found || !ok {
		return target{}, wrong
	}
	server, err := parseServer(u.Scheme + "://" + u.Host + prefix)
	if err != nil {
		return target{}, wrong
	}
	return target{server: server, code: code, member: parseMember(u)}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// parseServer returns the address as ws://host/path or wss://host/path without
// a slash at the end.
func parseServer(s string) (string, error) {
	wrong := func(why string) error {
		return fmt.Errorf(`lobby: Config.Server is %.80q: %s; want something like "wss://lobby.example.org" or "127.0.0.1:8080"`, s, why)
	}
	text := strings.TrimSpace(s)
	if !strings.Contains(text, "://") {
		text = "ws://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", wrong("it is not an address")
	}
	switch u.Scheme {
	case "ws", "wss":
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	default:
		return "", wrong("there is no " + u.Scheme + " server")
	}
	switch {
	case u.Hostname() == "":
		return "", wrong("it names no host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", wrong("it has more than host, port and path")
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}
