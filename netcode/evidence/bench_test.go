package evidence

import "testing"

// BenchmarkVerify is what one doubtful head costs.
func BenchmarkVerify(b *testing.B) {
	log := newLog(testKey(1), 2, 30, 30, "")
	h := log.head(30)
	for b.Loop() {
		if h.Verify() != nil {
			b.Fatal("an honest head is refused")
		}
	}
}

// BenchmarkNext is what each entry of each seat costs.
func BenchmarkNext(b *testing.B) {
	tag, entry, scratch := Tag{}, make([]byte, 8), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		tag = tag.Next(1, entry, scratch)
	}
}
