package nat

import (
	"errors"
	"strings"
	"testing"
)

func TestParseICE(t *testing.T) {
	for url, want := range map[string]ICEServer{
		"stun:stun.example.org":           {Scheme: STUN, Host: "stun.example.org", Port: 3478},
		"stun:[2001:db8::1]:99":           {Scheme: STUN, Host: "2001:db8::1", Port: 99},
		"turn:u:p@192.0.2.1:5":            {Scheme: TURN, Host: "192.0.2.1", Port: 5, User: "u", Password: "p"},
		"TURN:u:p@host?transport=udp":     {Scheme: TURN, Host: "host", Port: 3478, User: "u", Password: "p"},
		"turn:1%3Abo:a%2Fb%3D%40@[::1]:7": {Scheme: TURN, Host: "::1", Port: 7, User: "1:bo", Password: "a/b=@"},
	} {
		got, err := ParseICE(url)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", url, got, err)
		}
		if again, err := ParseICE(got.String()); err != nil || again != want {
			t.Errorf("%s, written as %s: %+v, %v", url, got, again, err)
		}
	}
}

func TestParseICERefusesAndKeepsSecrets(t *testing.T) {
	for _, url := range []string{
		"", "stun", "http://x", "turns:u:secret@h:1", "turn:h:1", "turn:u:secret", "turn:secret@h", "turn::secret@h:1", "turn:u:@h:1", "turn:u:secret@",
		"turn:u:secret@h:0", "turn:u:secret@h:1?transport=tcp", "turn:u:secret%@h:1", "turn:u:secret%4@h:1", "turn:u:secret%zz@h:1",
		"turn:u:secret:x@h:1", "turn:u:secret@h@h:1", "turn:u:sec ret@h:1", "turn:u:" + strings.Repeat("secret", 100) + "@h:1",
		"stun:" + strings.Repeat("h", MaxICE),
	} {
		_, err := ParseICE(url)
		if _, ok := errors.AsType[*ServerError](err); !ok {
			t.Errorf("%q: %v", url, err)
		} else if strings.HasPrefix(url, "turn:") && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error gives the password away: %v", url, err)
		}
	}
}

func TestICEServerURL(t *testing.T) {
	for url, want := range map[string]string{
		"turn:u:p@[::1]:5": "turn:[::1]:5?transport=udp",
		"stun:h:5":         "stun:h:5",
	} {
		s, err := ParseICE(url)
		if err != nil || s.URL() != want {
			t.Errorf("%s: %q, %v; want %q", url, s.URL(), err, want)
		}
	}
	if s, _ := ParseICE("turn:u:p@192.0.2.1:5"); true {
		if a, ok := s.Addr(); !ok || a.String() != "192.0.2.1:5" {
			t.Errorf("%v, %v", a, ok)
		}
	}
}

func FuzzParseICE(f *testing.F) {
	f.Add("stun:stun.example.org:3478")
	f.Add("turn:1700000000%3Aabc:aGVsbG8%3D@[2001:db8::1]:3478?transport=udp")
	f.Fuzz(func(t *testing.T, url string) {
		s, err := ParseICE(url)
		if err != nil {
			return
		}
		if again, err := ParseICE(s.String()); len(s.String()) <= MaxICE && (err != nil || again != s) {
			t.Errorf("%q: %+v, written %q, read %+v, %v", url, s, s, again, err)
		}
	})
}
