package epoch

import "fmt"

func (m *Machine) Trace() string {
	p := &m.p
	return fmt.Sprintf("bal %d x %b voted %d off %d lead %d prom %b doubt %b forked %d seen %d overdue %b", p.ballot, p.x, p.voted, p.offered, p.lead.ballot, p.lead.promised, p.lead.doubted, p.lead.forked, p.seen, m.view.Overdue)
}
