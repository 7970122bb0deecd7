package predict

import "time"

// follow sends by the plan that both ends have made now.
func (m *Meeting) follow(now time.Duration) {
	m.plan, m.began, m.knocks = Plan(m.ours, m.theirs, m.lower), max(now, 1), 0
	m.turned = false
	if m.bothMove() {
		m.again = now + m.turns.pause(m.ours.Round)
	}
	m.Knock(now)
}

// Knock sends the plan, as far as it is due.
func (m *Meeting) Knock(now time.Duration) {
	if len(m.plan) == 0 {
		return
	}
	if m.peer.Reached() {
		m.plan = nil
		return
	}
	first := m.knocks == 0
	for m.knocks < len(knockAt) && now >= m.began+knockAt[m.knocks] {
		m.knocks++
		for _, to := range m.plan {
			m.peer.Check(to)
		}
	}
	if first && m.bothMove() {
		m.turns.spend(m, rest(m.ours, m.theirs, m.lower))
		m.turns.tried(now, m)
	}
}

// Tick goes on with what waits for time to pass. It is called about each 50 ms
// while the peer follows what is told.
func (m *Meeting) Tick(now time.Duration) {
	m.Knock(now)
	m.goOn(now)
}

// goOn answers, or begins another round, if it is time and our turn.
func (m *Meeting) goOn(now time.Duration) {
	if m.peer.Reached() {
		return
	}
	if m.asked > 0 {
		m.serve(now)
		return
	}
	if !m.lower || now < m.again || m.ours.Round >= rounds-1 {
		return
	}
	if len(m.plan) == 0 && m.peer.Open() {
		return // who moved tells first
	}
	to := m.steady()
	told, ok := m.turns.nat.Next(m.next(), to)
	if !ok || m.theirs.Next.Addr() == told.Next.Addr() || m.site == told.Next.Addr() {
		return
	}
	if told.Step != 0 && !to.IsValid() {
		if m.turns.mayTry(now, m) {
			m.begin(now, m.next())
		}
		return
	}
	m.plan = nil
	m.retell(now, told)
}
