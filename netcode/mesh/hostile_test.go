//go:build !js

package mesh

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/netcode/mesh/internal/letter"
	"github.com/tuttiplay/tutti/netcode/peer"
)

// TestHostileServer is row 7: who carries the letters between two of three
// players tampers with them. As long as no member can carry them instead nobody
// links over a forged letter, and the victim is told within a second; the third
// player notices nothing; and with a third player to carry them the two link all
// the same.
func TestHostileServer(t *testing.T) {
	type attack struct {
		name  string
		field string
		// tap returns what is delivered in the place of a letter of a to b.
		tap func(x *hostile, l *letter.Letter) []*letter.Letter
	}
	only := func(kind letter.Kind, change func(l *letter.Letter)) func(*hostile, *letter.Letter) []*letter.Letter {
		return func(x *hostile, l *letter.Letter) []*letter.Letter {
			if l.Kind == kind {
				change(l)
				x.tampered++
			}
			return []*letter.Letter{l}
		}
	}
	var attacks []attack
	for _, kind := range []letter.Kind{letter.Offer, letter.Answer} {
		name := map[letter.Kind]string{letter.Offer: "offer", letter.Answer: "answer"}[kind]
		attacks = append(attacks,
			attack{name + ": fingerprint rewritten", "fingerprint", only(kind, func(l *letter.Letter) { l.SDP = otherPrint(l.SDP) })},
			attack{name + ": fingerprint rewritten everywhere", "signature", only(kind, func(l *letter.Letter) {
				l.SDP = otherPrint(l.SDP)
				l.Fingerprint = mustPrint(l.SDP)
			})},
			attack{name + ": signature stripped", "signature", only(kind, func(l *letter.Letter) { l.Sig = [64]byte{} })},
			attack{name + ": address in the description", "signature", only(kind, func(l *letter.Letter) {
				l.SDP = strings.Replace(l.SDP, "a=mid:", "a=candidate:1 1 udp 2130706431 203.0.113.66 9 typ host\r\na=mid:", 1)
			})},
			attack{name + ": seal replaced", "signature", only(kind, func(l *letter.Letter) { l.Seal[3] ^= 1 })},
		)
	}
	attacks = append(attacks, attack{"old offer replayed", "nonce", func(x *hostile, l *letter.Letter) []*letter.Letter {
		if l.Kind != letter.Offer {
			return []*letter.Letter{l}
		}
		if x.kept == nil {
			x.kept = new(letter.Letter)
			*x.kept = *l
		} else {
			x.tampered++
		}
		return []*letter.Letter{x.kept}
	}})
	for _, at := range attacks {
		t.Run(at.name, func(t *testing.T) {
			for _, couriers := range []bool{false, true} {
				inLab(t, 3, 1, func(t *testing.T, x *field) {
					h := &hostile{}
					low, high := x.keys[0].ID(), x.keys[1].ID()
					from, to := low, high
					if strings.HasPrefix(at.name, "answer") {
						from, to = high, low
					}
					x.hub.setTap(func(a, b peer.ID, text []byte) [][]byte {
						h.mu.Lock()
						defer h.mu.Unlock()
						l, err := letter.Parse(text)
						if err == nil && h.kept != nil && a == to && b == from && l.Kind == letter.Answer {
							return nil // or there is no second offer to replay the first one for
						}
						if err != nil || a != from || b != to {
							return [][]byte{text}
						}
						var out [][]byte
						for _, l := range at.tap(h, &l) {
							out = append(out, l.Append(nil))
						}
						if h.tampered > 0 && h.at.IsZero() {
							h.at = time.Now()
						}
						return out
					})
					for range 3 {
						x.enter(Config{noCouriers: !couriers})
					}
					a, b, c := x.ms[0], x.ms[1], x.ms[2]
					victim := b
					if to == low {
						victim = a
					}
					var told time.Duration
					var field string
					start := time.Now()
					for time.Since(start) < 12*time.Second {
						time.Sleep(5 * time.Millisecond)
						for e := range victim.Events() {
							if e, ok := e.(*ForgedError); ok && told == 0 {
								h.mu.Lock()
								told, field = max(time.Since(h.at), 1), e.Field
								h.mu.Unlock()
								if e.From != from {
									t.Errorf("told of %s", e.From.Short())
								}
							}
						}
						if !couriers && (a.Path(b.Self()).Direct || a.State(b.Self()) == peer.Linked || b.State(a.Self()) == peer.Linked) {
							t.Fatal("a forgery made a link")
						}
					}
					h.mu.Lock()
					tampered := h.tampered
					h.mu.Unlock()
					if tampered == 0 {
						t.Fatal("nothing was tampered with")
					}
					if !couriers && (told == 0 || field != at.field) || told > time.Second {
						t.Errorf("told %v after the forgery that %q is wrong; want within 1s and %q", told, field, at.field)
					}
					if couriers && !x.allDirect() {
						t.Error("though a member could carry their letters, the two are not linked directly")
					}
					for _, m := range []*Mesh{a, b} {
						if !c.Path(m.Self()).Direct || !m.Path(c.Self()).Direct {
							t.Error("the third player was kept from linking")
						}
					}
					for e := range c.Events() {
						if e, ok := e.(Unlinked); ok {
							t.Errorf("the third player was disturbed: %v", e)
						}
					}
					t.Logf("couriers %v: %d letters tampered with, told after %v", couriers, tampered, told)
				})
			}
		})
	}
}

// hostile is what a carrier of letters does.
type hostile struct {
	mu       sync.Mutex
	tampered int
	at       time.Time // of the first
	kept     *letter.Letter
}

// TestInjectedAddresses: the carrier of letters adds addresses of its own to
// those of a player. Nobody sends a packet there, the victim is told, and the link
// comes as if nothing was.
func TestInjectedAddresses(t *testing.T) {
	inLab(t, 4, 1, func(t *testing.T, x *field) {
		villain := x.hosts[3]
		trap, err := villain.Net().ListenPacket("udp4", fmt.Sprintf("%s:4000", villain.Addr()))
		if err != nil {
			t.Fatal(err)
		}
		defer trap.Close()
		var mu sync.Mutex
		injected := 0
		a, b := x.keys[0].ID(), x.keys[1].ID()
		x.hub.setTap(func(from, to peer.ID, text []byte) [][]byte {
			l, err := letter.Parse(text)
			if err != nil || l.Kind != letter.Offer && l.Kind != letter.Answer {
				return [][]byte{text}
			}
			out := [][]byte{text}
			session := l.Nonce
			if l.Kind == letter.Answer {
				session = l.Echo
			}
			mu.Lock()
			defer mu.Unlock()
			for i := range 100 {
				c := letter.Letter{Kind: letter.Address, From: l.From, To: l.To, Nonce: session, Ufrag: l.Ufrag}
				c.Candidate = letter.Candidate{Text: fmt.Sprintf("candidate:%d 1 udp 2130706431 %s 4000 typ host", i, villain.Addr()), Mid: "0"}
				copy(c.Sig[:], l.Sig[:]) // some signature
				out = append(out, c.Append(nil))
				injected++
			}
			return out
		})
		for range 2 {
			x.enter(Config{})
		}
		took := x.within(time.Second, "the honest link", x.allDirect)
		var seen []Event
		for i, m := range x.ms {
			if !has(m, &seen, func(e *ForgedError) bool { return e.Field == "candidate" && (e.From == a || e.From == b) }) {
				t.Errorf("player %d is not told", i)
			}
		}
		time.Sleep(3 * time.Second)
		c := villain.Counters()
		t.Logf("linked after %v; %d addresses injected; %d packets went there", took, injected, c.Received)
		if injected < 200 || c.Received > 0 {
			t.Errorf("%d addresses were injected, and %d packets went there", injected, c.Received)
		}
	})
}
