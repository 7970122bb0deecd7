package weather

import (
	"math"
	"strconv"
)

// Share is a part of a whole in millionths: 0 is never, [Whole] is always. It
// is an integer because a float compares differently on different machines.
type Share uint32

// Whole is the share of everything, 100 %.
const Whole Share = 1_000_000

// Percent returns n hundredths as a Share. n outside 0 to 100 gives a share
// above [Whole], which [Weather.Validate] refuses. For finer shares write the
// number itself: Share(2_500) is 0.25 %.
func Percent(n int) Share {
	if n < 0 || n > 100 {
		return math.MaxUint32
	}
	return Share(n) * (Whole / 100)
}

// String returns the share in percent with as many digits as it needs, such as
// "2%" or "0.25%".
func (s Share) String() string {
	text := strconv.AppendUint(nil, uint64(s/10_000), 10)
	if rest := s % 10_000; rest != 0 {
		// 10,000 more keeps the leading zeros; the 1 in front becomes the point.
		digits := strconv.AppendUint(nil, uint64(rest+10_000), 10)
		digits[0] = '.'
		for digits[len(digits)-1] == '0' {
			digits = digits[:len(digits)-1]
		}
		text = append(text, digits...)
	}
	return string(append(text, '%'))
}
