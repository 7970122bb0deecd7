package party

import "strings"

// Invitation returns what a player typed or pasted in the form that the lobby
// reads: a code, a link, or an address and a code as one reads them out, such as
// "192.168.1.5:7420 AB2CD3" or "192.168.1.5:7420/AB2CD3".
func Invitation(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "://") {
		return s
	}
	server, code, ok := strings.Cut(s, "/r/")
	if !ok {
		i := strings.LastIndexAny(s, " /")
		if i < 0 {
			return s
		}
		server, code = s[:i], s[i+1:]
	}
	server, code = strings.TrimSpace(server), strings.TrimSpace(code)
	if code == "" || !strings.ContainsAny(server, ".:") && server != "localhost" {
		return s
	}
	return "http://" + strings.TrimSuffix(server, "/") + "/r/" + code
}

// Short returns a link as one can read it on a screen, without the part that leads
// to a member while the server is away.
func Short(link string) string {
	for _, mark := range []string{"#by=", "&by="} {
		link, _, _ = strings.Cut(link, mark)
	}
	return link
}

// namesServer reports whether an invitation says itself where the room is.
func namesServer(invitation string) bool {
	return strings.Contains(invitation, "://") && (strings.Contains(invitation, "/r/") || strings.Contains(invitation, "server="))
}
