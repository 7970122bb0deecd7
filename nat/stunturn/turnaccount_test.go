//go:build !js

package stunturn

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

var noon = time.Unix(1_700_000_000, 0)

// What is used up comes back when its time is over, for the user and for the
// source address, which has eight times as much.
func TestQuotaComesBack(t *testing.T) {
	l := newLedger(TurnConfig{Quota: 1000, QuotaEvery: time.Hour}.resolve())
	from := netip.MustParseAddr("192.0.2.1")
	spend := func(user string, now time.Time) (sum int) {
		u, s := l.of(user, from, now)
		for l.charge(u, s, 100, now) == pass {
			sum += 100
		}
		return sum
	}
	if a, b := spend("a", noon), spend("a", noon.Add(59*time.Minute)); a != 1000 || b != 0 {
		t.Errorf("%d and %d bytes", a, b)
	}
	if a := spend("a", noon.Add(time.Hour)); a != 1000 {
		t.Errorf("after an hour %d bytes", a)
	}
	sum := 1000
	for i := range 10 {
		sum += spend(fmt.Sprint("other ", i), noon.Add(time.Hour))
	}
	if sum != perHost*1000 {
		t.Errorf("%d bytes for one address", sum)
	}
	from = netip.MustParseAddr("192.0.2.2")
	if a := spend("another address", noon.Add(time.Hour)); a != 1000 {
		t.Errorf("%d bytes for another address", a)
	}
}

// Nothing is charged in part.
func TestChargeIsWholeOrNothing(t *testing.T) {
	l := newLedger(TurnConfig{Quota: 1000}.resolve())
	u, s := l.of("a", netip.MustParseAddr("2001:db8::1"), noon)
	if l.charge(u, s, 999, noon) != pass || l.charge(u, s, 2, noon) != spent || l.charge(u, s, 1, noon) != pass || u.bytes != 1000 || s.bytes != 1000 {
		t.Errorf("%+v, %+v", u, s)
	}
	if _, same := l.of("b", netip.MustParseAddr("2001:db8::2"), noon); same != s {
		t.Error("one /64 has two accounts")
	}
}

// The ledger does not grow for ever, and never forgets who holds something.
func TestLedgerIsBounded(t *testing.T) {
	l := newLedger(TurnConfig{}.resolve())
	from := netip.MustParseAddr("192.0.2.1")
	for i := range maxAccounts {
		u, s := l.of(fmt.Sprint(i), from, noon)
		if u == nil || s == nil || l.charge(u, s, 1, noon) != pass {
			t.Fatalf("user %d: %v, %v", i, u, s)
		}
	}
	if u, _ := l.of("one more", from, noon); u != nil || len(l.users) != maxAccounts {
		t.Errorf("%+v, %d accounts", u, len(l.users))
	}
	holds := l.users["7"]
	holds.allocations = 1
	if u, _ := l.of("one more", from, noon.Add(25*time.Hour)); u == nil || len(l.users) != 2 || l.users["7"] != holds {
		t.Errorf("%+v, %d accounts", u, len(l.users))
	}
}

func TestMint(t *testing.T) {
	until := noon.Add(time.Hour)
	c := Mint(secret, "bo", until)
	if c.User != "1700003600:bo" || len(c.Password) != 43 {
		t.Errorf("%+v", c)
	}
	if name, got, ok := splitUser(c.User); !ok || name != "bo" || !got.Equal(until) {
		t.Errorf("%q, %v, %t", name, got, ok)
	}
	for _, user := range []string{"", ":", "1:", ":bo", "x:bo", "-1:bo", "+1:bo", "1:a:b", "1234567890123:bo", "1:" + string(make([]byte, maxUser+1))} {
		if name, until, ok := splitUser(user); ok {
			t.Errorf("%.40q: %q, %v", user, name, until)
		}
	}
}

// What a stranger gets for his first request is not much larger.
func TestAnswerToAStrangerIsSmall(t *testing.T) {
	s, relay := relaying(t, TurnConfig{RequestsPerSource: 1})
	conn := dial(t, s.Addr())
	request := stunMessage(allocateRequest, stunAttribute(0x0019, "\x11\x00\x00\x00"))
	conn.Write(request)
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 2000)
	n, err := conn.Read(b)
	if err != nil || n > 3*len(request) {
		t.Errorf("%d bytes answer %d, %v", n, len(request), err)
	}
	t.Logf("%d bytes answer %d", n, len(request))
	// Above the rate of its source there is none.
	for range 5 * burst {
		conn.Write(request)
	}
	eventually(t, "limit", func() bool { return relay.Stats().Limited >= 4*burst })
}
