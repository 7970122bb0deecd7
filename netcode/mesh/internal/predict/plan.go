package predict

import "net/netip"

// Packets is how many packets one attempt sends. It bridges x + 2y < Packets
// ports that others used up, see the package.
const Packets = 32

// few is for an end whose own port stays: it may be seen by any of them.
const few = 16

// Plan returns where to send, in this order. ours is what we told, theirs what
// they did; lower says whether our ID is the lower one. Both ends must send by
// the plan at about the same time, and before anything else goes from one to the
// other. Nothing is planned for an address of another family than ours.
func Plan(ours, theirs Told, lower bool) []netip.AddrPort {
	if ours.Next.Addr().Is4() != theirs.Next.Addr().Is4() {
		return nil
	}
	n, stride := Packets, theirs.Step
	switch {
	case theirs.Step == 0:
		n = 1
	case ours.Step == 0:
		n = few
	case !lower:
		stride *= 2
	}
	list := make([]netip.AddrPort, 0, n)
	for i := range n {
		port := add(theirs.Next.Port(), i*stride)
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

// Next returns what to tell, from the port that a server saw last, the step and
// how many new destinations were sent to since.
func Next(seen netip.AddrPort, step int, since uint64, round int) Told {
	by := 0
	if step != 0 {
		by = step * (int(min(since, 1<<12)) + 1)
	}
	return Told{Next: netip.AddrPortFrom(seen.Addr(), add(seen.Port(), by)), Step: step, Round: min(round, maxRound)}
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

// Guess returns the step to go by in a round: what was measured at first, and
// then the usual ones, of that direction.
func Guess(step, round int) int {
	one := 1
	if step < 0 {
		one = -1
	}
	switch round % 3 {
	case 1:
		return one
	case 2:
		return 2 * one
	}
	return step
}

// Again returns what to tell in a later round than before was told in: that the
// higher end's targets, every second port, are none of the last round's. What
// was sent to before does not use up a port, and so would be off the plan.
func Again(told, before Told) Told {
	if told.Step != 0 && before.Next.Addr() == told.Next.Addr() && (told.Next.Port()-before.Next.Port())%2 == 0 {
		told.Next = netip.AddrPortFrom(told.Next.Addr(), add(told.Next.Port(), told.Step))
	}
	return told
}

// Waste returns where an end whose ports move sends before the plan of a later
// round, so that its next port is not before the one that it told: what it
// counted may not all have gone through the NAT.
func Waste(theirs Told) (list []netip.AddrPort) {
	if theirs.Round == 0 {
		return nil
	}
	for i := range 4 {
		list = append(list, netip.AddrPortFrom(theirs.Next.Addr(), add(theirs.Next.Port(), 1000+10*theirs.Round+i)))
	}
	return list
}
