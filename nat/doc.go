// Package nat tells a player what his router does to a game without a server:
// which public address others see, whether everyone sees the same one, and in
// one plain sentence what that means. [Probe] asks STUN servers and waits;
// [Start] does it in the background for a game.
//
//	report, err := nat.Probe(ctx, nat.Config{Servers: []string{"stun:stun.example.org:3478"}})
//	fmt.Println(report.Verdict())
//
// # In a browser
//
// A page has no UDP sockets: Probe returns [ErrNotInBrowser] at once. [Report]
// and [Verdict] are there, to show what a native player found.
//
// # SECURITY
//
// A STUN server is believed as far as it was asked: an answer counts only if it
// comes from the address that was asked and carries the random number of that
// request. A server that lies about what it saw can make the report wrong and
// nothing else; ask two of different owners. Messages are read in
// nat/internal/stunmsg, which says how it lives with the known holes of its
// library; the loop that reads recovers should it panic all the same.
package nat
