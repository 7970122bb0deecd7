//go:build !js

package nat

import (
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tuttiplay/tutti/nat/internal/stunmsg"
)

func exam30() *exam {
	var budget atomic.Int32
	budget.Store(MaxPackets)
	local := [sockets]netip.AddrPort{netip.MustParseAddrPort("192.168.1.2:1000"), netip.MustParseAddrPort("192.168.1.2:1001")}
	return newExam([]netip.AddrPort{serverA}, local, &budget)
}

// packet is one that an exam sent.
type packet struct {
	sock int
	to   netip.AddrPort
	m    stunmsg.Message
}

// drain sends all that is due.
func drain(e *exam, now time.Duration) (out []packet) {
	for {
		sock, to, b, ok := e.poll(now)
		if !ok {
			return out
		}
		m, err := stunmsg.Parse(b)
		if err != nil {
			panic(err)
		}
		out = append(out, packet{sock, to, m})
	}
}

// The budget holds however many servers are silent, and silence that was not
// waited for is not taken for an answer.
func TestExamKeepsItsBudget(t *testing.T) {
	var budget atomic.Int32
	budget.Store(MaxPackets)
	var targets []netip.AddrPort
	for i := range uint16(MaxTargets) {
		targets = append(targets, netip.AddrPortFrom(serverA.Addr(), 1000+i))
	}
	e := newExam(targets, [sockets]netip.AddrPort{}, &budget)
	sent := 0
	for now := time.Duration(0); now < MaxTime; now += 10 * ms {
		sent += len(drain(e, now))
		if now == 0 && sent != atFirst {
			t.Errorf("%d packets at first", sent)
		}
	}
	if sent != MaxPackets || !e.finished(MaxTime) {
		t.Errorf("%d packets", sent)
	}
	if r := e.reach(MaxTime); r.Answered != 0 || r.Mapping != MappingUnknown || r.Asked != len(targets) {
		t.Errorf("%+v", r)
	}
}

// An exam whose packets ran out before the filter was tested says so.
func TestExamOutOfBudget(t *testing.T) {
	e := exam30()
	p := drain(e, 0)
	e.budget.Store(3)
	e.receive(50*ms, mapper, serverA, stunmsg.AppendAnswer(nil, p[0].m.ID, stunmsg.Answer{To: publicA, Other: serverC}))
	if got := drain(e, 50*ms); len(got) != 3 {
		t.Fatalf("sent %+v", got)
	}
	for now := 50 * ms; now < MaxTime; now += 10 * ms {
		drain(e, now)
	}
	if r := e.reach(MaxTime); !e.finished(MaxTime) || r.Filtering != FilteringUnknown || r.Large != Unknown || r.Hairpin != Unknown {
		t.Errorf("%+v", r)
	}
}

// Answers count only on the socket that asked and from whom was asked.
func TestExamBelievesOnlyWhomItAsked(t *testing.T) {
	e := exam30()
	id := drain(e, 0)[0].m.ID
	good := stunmsg.AppendAnswer(nil, id, stunmsg.Answer{To: publicA, Other: serverC})
	e.receive(1, filter, serverA, good)
	e.receive(1, mapper, serverB, good)
	e.receive(1, mapper, serverA, stunmsg.AppendRequest(nil, id)) // not a hairpin query
	e.receive(1, mapper, serverA, stunmsg.AppendRequest(nil, stunmsg.NewID()))
	e.receive(1, mapper, serverA, stunmsg.AppendSuccess(nil, id, netip.MustParseAddrPort("[2001:db8::1]:1")))
	if e.base != nil || e.stray != 5 {
		t.Errorf("base %+v, stray %d", e.base, e.stray)
	}
	e.receive(1, mapper, serverA, good)
	if e.base == nil || e.stage != examining {
		t.Error("the real answer is not believed")
	}
	// An answer from the other address to a request that did not ask for it.
	for _, p := range drain(e, 1) {
		if p.sock == filter && p.m.Wish == (stunmsg.Wish{}) {
			e.receive(2, filter, serverC, stunmsg.AppendSuccess(nil, p.m.ID, publicA))
		}
	}
	if e.control.public.IsValid() || e.stray != 6 {
		t.Errorf("%+v, stray %d", e.control, e.stray)
	}
}

// Some servers answer padding with more padding than we read: it came through
// all the same.
func TestExamOfAServerThatPadsMore(t *testing.T) {
	e := exam30()
	e.receive(1, mapper, serverA, stunmsg.AppendAnswer(nil, drain(e, 0)[0].m.ID, stunmsg.Answer{To: publicA, Other: serverC}))
	drain(e, 1)
	cut := append(stunmsg.AppendSuccess(nil, e.large.id, publicA), make([]byte, stunmsg.MaxSize)...)[:stunmsg.MaxSize+1]
	other := append([]byte(nil), cut...)
	other[19]++
	e.receive(2, mapper, serverA, other)
	e.receive(2, mapper, serverB, cut)
	e.receive(2, filter, serverA, cut)
	if e.large.done() || e.stray != 3 {
		t.Errorf("%+v, stray %d", e.large, e.stray)
	}
	if e.receive(2, mapper, serverA, cut); e.reach(2).Large != Yes {
		t.Errorf("%+v", e.large)
	}
}

// A server out there cannot make us send into our own network.
func TestExamStaysOutOfTheHome(t *testing.T) {
	for _, other := range []string{"192.168.1.1:53", "127.0.0.1:53", "169.254.1.1:80", "[2001:db8::1]:9"} {
		e := exam30()
		id := drain(e, 0)[0].m.ID
		e.receive(1, mapper, serverA, stunmsg.AppendAnswer(nil, id, stunmsg.Answer{To: publicA, Other: netip.MustParseAddrPort(other)}))
		for now := ms; now < MaxTime; now += 10 * ms {
			for _, p := range drain(e, now) {
				if p.to != serverA {
					t.Errorf("sent to %v", p.to)
				}
			}
		}
		if e.base == nil {
			t.Error("the answer is not believed")
		}
	}
}

func TestExamSurvivesAPanicInTheParser(t *testing.T) {
	e := exam30()
	drain(e, 0)
	e.parse = func([]byte) (stunmsg.Message, error) { panic("as GHSA-34rh-wp3j-6cxc does") }
	if e.receive(0, mapper, serverA, stunmsg.AppendRequest(nil, stunmsg.ID{})); e.stray != 1 {
		t.Errorf("stray is %d", e.stray)
	}
}

// FuzzExam: a server that says anything makes no exam panic, last longer, or
// send to anybody but its own addresses and ours.
func FuzzExam(f *testing.F) {
	f.Add([]byte("\x01\x01\x00\x18\x21\x12\xa4\x42\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x00\x20\x00\x08\x00\x01\x32\x9a\xe7\x21\xc0\x43\x80\x2c\x00\x08\x00\x01\x0d\x97\xc0\x00\x02\x02"))
	f.Add([]byte("\x01\x01\x00\x04\x21\x12\xa4\x42\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x20\x00\x00")) // panics in the library
	f.Add([]byte("\x01\x11\x00\x08\x21\x12\xa4\x42\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x00\x04\x00\x00\x04\x14"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e := exam30()
		sent := 0
		for now := time.Duration(0); now < MaxTime+mostPatience; now += 25 * ms {
			for _, p := range drain(e, now) {
				sent++
				answer := append([]byte(nil), b...)
				if len(answer) >= 20 {
					copy(answer[8:20], p.m.ID[:])
				}
				if isAnswer(answer) {
					e.receive(now, p.sock, p.to, answer)
				}
			}
		}
		e.reach(MaxTime)
		if sent > MaxPackets || !e.finished(MaxTime+mostPatience) {
			t.Fatalf("%d packets, finished %v", sent, e.finished(MaxTime+mostPatience))
		}
	})
}
