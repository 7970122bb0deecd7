// Package nat tells a player what his router does to a game without a server:
// which public address others see, whether everyone sees the same one, whose
// packets it lets in, and in plain sentences what that means and what to do.
// [Probe] asks STUN servers and waits; [Start] does it in the background for a
// game; the command nat/natcheck prints it.
//
//	report, err := nat.Probe(ctx, nat.Config{Servers: []string{"stun:stun.example.org:3478"}})
//	fmt.Println(report.Verdict())
//	for _, p := range report.Problems() {
//		fmt.Println(p.Sentence, p.Advice)
//	}
//
// [Between] forecasts from two reports how their players will connect.
// [Survey] asks the same servers over a socket that is somebody else's, as the
// mesh does with the one socket that it has.
//
// # What it finds out, and with what
//
// With one STUN server on one port: the public address, and not more. With two
// servers: whether the mapping is symmetric, and by how much the port grows.
// With one on two ports, as lobbyd has it: the same, and whether large packets
// get through, and of the filtering whether it is the strictest kind. With one
// that has two addresses and two ports (RFC 5780; nat/stunturn can be one): all
// of mapping and filtering. Hairpinning shows with any server. A second NAT is
// seen when the home router says what its outside address is. All of it takes
// at most [MaxPackets] packets and usually less than a second, because the
// tests of RFC 5780 run side by side on two sockets.
//
// A test that waits for silence is repeated twice before silence counts, and
// only if whoever should have answered is known to be there. What could not be
// found out is unknown in the report and not guessed, with one exception: where
// one address answered on two ports and saw the same, the mapping is called
// independent. It might depend on the address, which hardly any router's does;
// [Reach.Addresses] tells the two apart.
//
// # In a browser
//
// A page has no UDP sockets: Probe returns [ErrNotInBrowser] at once, and what
// needs a socket ([ProbeOn], [Survey], [OpenPort]) is not there. [Report],
// [Verdict], [Problem] and [Between] are, to show what native players found.
//
// # SECURITY
//
// A STUN server is believed as far as it was asked: an answer counts only if it
// comes from the address that was asked and carries the random number of that
// request, or from the other address that the server named when asked to
// answer from there. A server that lies about what it saw can make the report
// wrong; it can have a few small packets sent to an address of its choice, but
// none into the player's own network; ask two of different owners. Messages are read in
// nat/internal/stunmsg, which says how it lives with the known holes of its
// library; the loop that reads recovers should it panic all the same.
package nat
