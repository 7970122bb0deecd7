package predict

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// MaxStep is the largest step of a sequence of ports.
const MaxStep = 16

// Told is what one end tells the other about its NAT.
type Told struct {
	// Next is the public address and port that its next new destination sees.
	Next netip.AddrPort
	// Step is by how much the port grows with each new destination after that,
	// −MaxStep to MaxStep; 0 is a port that stays the same.
	Step int
	// Round counts the attempts of one connection, from 0 to 15.
	Round int
}

const maxRound = 15

// mark begins the text, so that it is no candidate to anybody else.
const mark = "tutti-next "

// IsTold says whether a candidate's text is one of ours.
func IsTold(text string) bool { return strings.HasPrefix(text, mark) }

// String writes it as a candidate's text.
func (t Told) String() string { return fmt.Sprintf("%s%s %d %d", mark, t.Next, t.Step, t.Round) }

// Parse reads what String wrote; false for all else.
func Parse(text string) (t Told, ok bool) {
	rest, ok := strings.CutPrefix(text, mark)
	parts := strings.Split(rest, " ")
	if !ok || len(rest) > 80 || len(parts) != 3 {
		return Told{}, false
	}
	next, err1 := netip.ParseAddrPort(parts[0])
	step, err2 := strconv.Atoi(parts[1])
	round, err3 := strconv.Atoi(parts[2])
	next = netip.AddrPortFrom(next.Addr().Unmap().WithZone(""), next.Port())
	a := next.Addr()
	switch {
	case err1 != nil || err2 != nil || err3 != nil,
		!a.IsValid() || a.IsUnspecified() || a.IsMulticast() || next.Port() == 0,
		step < -MaxStep || step > MaxStep, round < 0 || round > maxRound:
		return Told{}, false
	}
	return Told{Next: next, Step: step, Round: round}, true
}
