// Package predict guesses which port a NAT will give next, and where to send so
// that two ends behind such NATs meet. It is pure: no goroutine, no clock, no
// socket, and nothing of it is random.
//
// A NAT that maps by destination gives each new destination a new port, often
// the next one. Two ends behind such NATs that just send to each other's next
// port use up ports with every try, each at its own pace, and miss. So both send
// by a plan: the lower ID sends its i-th packet to the other's next port plus i
// steps, the higher one its j-th to plus 2j steps. If x ports of the lower's and
// y of the higher's were used up by others meanwhile, packet j = x + y of the
// higher meets packet i = x + 2y of the lower: any x and y do that are small
// enough, and not only x = y = 0.
//
// What is told is soon wrong where several players share a NAT, or one meets
// several at once. So a mesh makes one try at a time ([Turns]), what waited is told
// anew, and two who keep disturbing each other draw apart ([Meeting]).
package predict
