package account

import (
	"strconv"
	"strings"
	"time"
)

// Term is when the accounts end that a connection has with TURN servers. The zero
// Term is of none, or of accounts that do not end.
type Term struct {
	end  time.Time     // by the servers' clock; zero is never, or there are none
	life time.Duration // what was left when the users were read, by our clock
}

// Of reads when the first of the accounts ends that users have: a user is
// "expiry:name", the expiry in seconds since 1970. Another one does not end.
func Of(users []string, now time.Time) (a Term) {
	for _, user := range users {
		digits, _, named := strings.Cut(user, ":")
		seconds, err := strconv.ParseUint(digits, 10, 40)
		if !named || err != nil {
			continue
		}
		if end := time.Unix(int64(seconds), 0); a.end.IsZero() || end.Before(a.end) {
			a = Term{end, end.Sub(now)}
		}
	}
	return a
}

// Ends says whether there is an account that ends.
func (a Term) Ends() bool { return !a.end.IsZero() }

// Due says whether half of the time is over and there are accounts that last
// longer among those of the users as of now. If our clock is wrong, by less than
// the accounts last, it is late but not too late.
func (a Term) Due(now time.Time, users []string) bool {
	if a.end.IsZero() || a.end.Sub(now) > a.life/2 {
		return false
	}
	return Of(users, now).end.After(a.end)
}
