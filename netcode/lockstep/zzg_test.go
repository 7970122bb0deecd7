package lockstep

import "testing"

func TestZZ(t *testing.T) {
	h := &hostile{script: []byte("1y0%Y7[1")}
	h.next()
	tb := newTable(t, 3, func(cfg *Config) { cfg.HeadEvery = 10; cfg.Key = [1]Config{}[0].Key })
	h.tb = tb
	tb.hand = h.hand
	for n := range 100 {
		if n == 99 {
			ce, ok := tb.seats[0].c.machine.Certificate(0)
			t.Logf("%v %+v", ok, ce)
		}
		tb.tick(t)
		if false {
			for i := range 2 {
				c := tb.seats[i].c
				line := ""
				for f := Frame(0); f < 64; f++ {
					if c.logs[2].holds(f) {
						line += "x"
					} else {
						line += "."
					}
				}
				t.Logf("tick %d member %d seat 2: %s head %d, machine %+v", n, i, line, c.logs[2].head, c.machine.State())
				for f := Frame(4); f < 9; f++ {
					t.Logf("   %d %+v", f, c.logs[2].at(f).entry)
				}
			}
		}
		if false && n == 40 || n == 60 || n == 80 || n == 99 {
			for i := range 3 {
				t.Log(n, tb.seats[i].c, tb.seats[i].events)
			}
		}
	}
}
