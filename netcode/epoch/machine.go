package epoch

import "time"

// Machine is one member's part in the agreement. It is for one goroutine, never
// blocks and knows no clock.
type Machine struct {
	cfg Config
	log Log
}

// New returns the machine of a member at the start of the match.
func New(cfg Config, log Log) (*Machine, error) { return &Machine{cfg: cfg, log: log}, nil }

// Epoch returns the number of the present epoch.
func (m *Machine) Epoch() Number { return 0 }

// Members returns the voters of the present epoch.
func (m *Machine) Members() Set { return 0 }

// Incarnation returns the incarnation of a voter, 0 for others.
func (m *Machine) Incarnation(member int) uint32 { return 0 }

// State returns where we stand.
func (m *Machine) State() State { return Normal }

// Rank returns the member's place in the order of leaders, from 0.
func (m *Machine) Rank(member int) int { return 0 }

// Bound reports whether we promised or voted in the present epoch. The author
// of a log writes no leave entry while it is bound.
func (m *Machine) Bound() bool { return false }

// Frozen returns the members of which nothing may be taken, acknowledged or
// claimed until the epoch ends.
func (m *Machine) Frozen() Set { return 0 }

// Quorum reports whether who are a quorum of the voters without those that left.
func (m *Machine) Quorum(who, left Set) bool { return false }

// Observe tells the time and the present view; call it every tick.
func (m *Machine) Observe(now time.Duration, v View) {}

// Saw notes the low 4 bits of the epoch in a member's datagram.
func (m *Machine) Saw(from int, epochLow uint8) {}

// Receive takes one message of another member.
func (m *Machine) Receive(from int, b []byte) error { return nil }

// Wants reports whether there is something to say to a member.
func (m *Machine) Wants(to int) bool { return false }

// Append appends the message for a member to dst.
func (m *Machine) Append(dst []byte, to int) []byte { return dst }

// Decided returns how the present epoch ends, once that is known.
func (m *Machine) Decided() (*Certificate, bool) { return nil, false }

// Enter goes into the next epoch.
func (m *Machine) Enter() {}

// Certificate returns how an earlier epoch ended.
func (m *Machine) Certificate(e Number) (*Certificate, bool) { return nil, false }

// Adopt takes a certificate that came by another way.
func (m *Machine) Adopt(c *Certificate) error { return nil }

// Reborn makes us a new incarnation, after we were dropped.
func (m *Machine) Reborn(incarnation uint32) {}
