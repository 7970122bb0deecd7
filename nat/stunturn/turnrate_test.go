//go:build !js

package stunturn

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// Who sends five times the rate gets the rate, however large the packets are,
// and what was saved up is a second's worth.
func TestRate(t *testing.T) {
	const rate, seconds = 100_000, 20
	for _, size := range []int{20, 64, 1100, 1500} {
		l := newLedger(TurnConfig{Rate: rate}.resolve())
		u, s := l.of("a", netip.MustParseAddr("192.0.2.1"), noon)
		first, sum, slowed := 0, 0, 0
		pause := time.Second * time.Duration(size) / (5 * rate)
		for at := time.Duration(0); at < (seconds+1)*time.Second; at += pause {
			switch l.charge(u, s, size, noon.Add(at)) {
			case pass:
				if sum += size; at < time.Second {
					first = sum
				}
			case slow:
				slowed++
			case spent:
				t.Fatal("the quota is used up")
			}
		}
		t.Logf("packets of %d: %d bytes in the first second, then %d a second of %d; %d dropped", size, first, (sum-first)/seconds, rate, slowed)
		if later := sum - first; slowed == 0 || later > seconds*rate*105/100 || later < seconds*rate*95/100 || first > 2*rate*105/100 || first < 2*rate*95/100 {
			t.Errorf("packets of %d: %d bytes in the first second, %d in %d seconds after it, %d dropped", size, first, later, seconds, slowed)
		}
		if u.bytes != int64(sum) {
			t.Errorf("%d of %d bytes are counted", u.bytes, sum)
		}
	}
}

// Many users at one address share eight users' rate.
func TestRateOfASource(t *testing.T) {
	const rate, seconds = 100_000, 10
	l := newLedger(TurnConfig{Rate: rate}.resolve())
	sum := 0
	for at := time.Duration(0); at < (seconds+1)*time.Second; at += 10 * time.Millisecond {
		for i := range 20 {
			u, s := l.of(fmt.Sprint(i), netip.MustParseAddr("192.0.2.1"), noon)
			if l.charge(u, s, 1000, noon.Add(at)) == pass && at >= time.Second {
				sum += 1000
			}
		}
	}
	if want := perHost * rate * seconds; sum > want*105/100 || sum < want*95/100 {
		t.Errorf("%d bytes, want %d", sum, want)
	}
}

// The rate holds on sockets, both directions together; nobody's allocation ends.
// It is measured at a moment when a packet was dropped, for then all that the rate
// allowed until there has passed, however busy the machine is.
func TestRateOnSockets(t *testing.T) {
	const rate = 200_000
	s, relay := relaying(t, TurnConfig{Rate: rate, Allow: loopback})
	peer, a := peerSocket(t), allocate(t, s, "a")
	packet := make([]byte, 1000)
	var c, before TurnStats
	var first, at, now, wasted time.Duration // since began: the first that passed, and when we looked last
	for began := time.Now(); ; {
		for range 2 {
			if _, err := a.WriteTo(packet, peer.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			if _, err := peer.WriteTo(packet, a.LocalAddr()); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Millisecond)
		c, now = relay.Stats(), time.Since(began)
		switch {
		case first == 0 && c.BytesUp+c.BytesDown > 0:
			first = now
		case first > 0 && now-at > time.Second/2:
			wasted += now - at // no more than a second's worth is saved up
		}
		if now > first+1500*time.Millisecond && first > 0 && c.OverRate > before.OverRate {
			break
		}
		if now > 20*time.Second {
			t.Fatalf("premise: nothing is dropped: %+v", c)
		}
		before, at = c, now
	}
	least, most := rate*(1+(at-first-wasted).Seconds()), rate*(1+now.Seconds())
	t.Logf("%d bytes up and %d down in %v, want %.0f to %.0f; %d packets dropped", c.BytesUp, c.BytesDown, now, least, most, c.OverRate)
	if sum := float64(c.BytesUp + c.BytesDown); c.BytesUp == 0 || c.BytesDown == 0 || sum > 1.05*most || sum < 0.95*least {
		t.Errorf("%.0f bytes, want %.0f to %.0f: %+v", sum, least, most, c)
	}
	if c.Allocations != 1 || c.OverQuota != 0 {
		t.Errorf("%+v", c)
	}
}
