package predict

import "net/netip"

// Packets is how many packets one attempt sends. It bridges x + 2y < Packets
// ports that others used up, see the package.
const Packets = 32

// few is for an end whose own port stays: it may be seen by any of them, and it
// begins early because the other end may have counted too many.
const few, early = 20, 4

// Plan returns where to send, in this order. ours is what we told, theirs what
// they did; lower says whether our ID is the lower one. Both ends must send by
// the plan at about the same time, and before anything else goes from one to the
// other. Nothing is planned for an address of another family than ours.
func Plan(ours, theirs Told, lower bool) []netip.AddrPort {
	if ours.Next.Addr().Is4() != theirs.Next.Addr().Is4() {
		return nil
	}
	n, from, stride := Packets, 0, theirs.Step
	switch {
	case theirs.Step == 0:
		n = 1
	case ours.Step == 0:
		n, from = few, -early
	case !lower:
		stride *= 2
	}
	list := make([]netip.AddrPort, 0, n)
	for i := range n {
		port := add(theirs.Next.Port(), (from+i)*stride)
		list = append(list, netip.AddrPortFrom(theirs.Next.Addr(), port))
	}
	return list
}

// lowest is where NATs begin again after 65535.
const lowest = 1024

// add moves a port on, around the end.
func add(port uint16, by int) uint16 {
	const size = 1<<16 - lowest
	at := (int(port)-lowest+by)%size + size
	return uint16(lowest + at%size)
}

// Next returns what to tell, from the port that a server saw and how many steps
// after it the port in question is given: 1 if it is that of the next new
// destination, and no other was sent to since the server.
func Next(seen netip.AddrPort, step, steps, round int) Told {
	return Told{Next: netip.AddrPortFrom(seen.Addr(), add(seen.Port(), step*steps)), Step: step, Round: min(round, maxRound)}
}

// Step returns by how much a NAT's port grows with each new destination, from
// the ports of two of them, the at-th and the bt-th that were sent to. Others
// use up ports in between, so the figure may be too large: see [Guess]. 0 is
// that there is no telling: the addresses differ, or the ports are far apart.
func Step(a, b netip.AddrPort, at, bt uint64) int {
	if at > bt {
		a, b, at, bt = b, a, bt, at
	}
	if a.Addr() != b.Addr() || at == bt || bt-at > 1<<12 {
		return 0
	}
	d, n := int(int16(b.Port()-a.Port())), int(bt-at) // ports wrap around
	step := d / n
	if step == 0 || step > MaxStep || step < -MaxStep {
		return 0
	}
	return step
}

// Guess returns the step to go by in a round: what was measured in every other
// one, and between the usual ones.
func Guess(step, round int) int {
	one := 1
	if step < 0 {
		one = -1
	}
	switch round % 6 {
	case 1:
		return one
	case 3:
		return 2 * one
	case 5:
		return -one
	}
	return step
}

// span is how many ports of ours the other end sends to at most, and a few more.
const span = 2*Packets + 4

// rest is how many ports the lower ID uses up right after its plan: as many as the
// other end, with its longer steps, sent to in vain. What that sends to again later
// would not use up a port of its own, and be off the plan. Others behind our NAT
// are tried next, maybe.
func rest(ours, theirs Told, lower bool) int {
	if !lower || ours.Step == 0 || theirs.Step == 0 {
		return 0
	}
	return span - Packets
}

// slack is how many ports more than is told are used up: not all packets that were
// counted may have gone through the NAT.
const slack = 4

// waste is how many ports an end whose ports move uses up before it tells anew:
// told is what it would tell, before what it told in the last round. What the other
// end sent to then, and sends to again, is off the plan, see rest: so the ports
// told in a round lie behind those of the round before, used up or not.
func waste(told, before, theirs Told) int {
	if told.Step == 0 || theirs.Step == 0 || before.Next.Addr() != told.Next.Addr() {
		return 0
	}
	ahead := int(int16(told.Next.Port()-before.Next.Port())) / told.Step
	if before.Step*told.Step < 0 {
		ahead = 0
	}
	if ahead < 0 {
		return slack
	}
	return max(slack, span-ahead)
}
