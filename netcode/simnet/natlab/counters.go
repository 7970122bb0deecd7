//go:build !js

package natlab

// Counters tell what became of datagrams. Those of a [Host] count what it sent
// and received, and under the reasons for a loss what it sent; those of a [Lab]
// are the sums over all hosts. Bytes include the IP and UDP headers.
type Counters struct {
	Sent, SentBytes         int64 // handed to the network, by a socket
	Received, ReceivedBytes int64 // put before a socket
	Duplicated              int64 // extra copies the weather made
	Lost                    int64 // by the weather: loss, bursts, a full queue
	Cut                     int64 // by Cut or Outage
	Refused                 int64 // a router did not let it in, or had no port
	Blocked                 int64 // by NAT.Blocked
	TooBig                  int64 // larger than an MTU on the way
	NoRoute                 int64 // nobody has the address
	NoPort                  int64 // the host has no such socket
	Overflow                int64 // the socket's buffer was full
	Taken                   int64 // by Config.Tap
}

// Gone returns how many datagrams were lost, for whatever reason.
func (c Counters) Gone() int64 {
	return c.Lost + c.Cut + c.Refused + c.Blocked + c.TooBig + c.NoRoute + c.NoPort + c.Overflow + c.Taken
}

func (c *Counters) add(d *Counters) {
	c.Sent += d.Sent
	c.SentBytes += d.SentBytes
	c.Received += d.Received
	c.ReceivedBytes += d.ReceivedBytes
	c.Duplicated += d.Duplicated
	c.Lost += d.Lost
	c.Cut += d.Cut
	c.Refused += d.Refused
	c.Blocked += d.Blocked
	c.TooBig += d.TooBig
	c.NoRoute += d.NoRoute
	c.NoPort += d.NoPort
	c.Overflow += d.Overflow
	c.Taken += d.Taken
}

// Counters returns what became of all datagrams so far.
func (l *Lab) Counters() Counters {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum Counters
	for _, h := range l.hosts {
		sum.add(&h.counts)
	}
	return sum
}

// Counters returns what became of the datagrams of h so far.
func (h *Host) Counters() Counters {
	h.lab.mu.Lock()
	defer h.lab.mu.Unlock()
	return h.counts
}
