package mesh

import (
	"testing"
	"time"
)

func TestBudgetRefills(t *testing.T) {
	var b budget
	took := 0
	for b.take(time.Second) {
		took++
	}
	if took != budgetMost {
		t.Errorf("%d at once, want %d", took, budgetMost)
	}
	if b.take(time.Second+budgetEvery/2) || !b.take(time.Second+budgetEvery+1) || b.take(time.Second+budgetEvery+1) {
		t.Error("it does not refill by one each half second")
	}
	took = 0
	for b.take(time.Hour) {
		took++
	}
	if took != budgetMost {
		t.Errorf("%d after a long time, want %d", took, budgetMost)
	}
}
