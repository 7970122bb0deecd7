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
		by = step * int(min(since, 1<<12)+1)
	}
	return Told{Next: netip.AddrPortFrom(seen.Addr(), add(seen.Port(), by)), Step: step, Round: min(round, maxRound)}
}
