// Package natlab is a laboratory for what stands between two players: hosts,
// home routers that translate addresses in every way RFC 4787 names, carriers'
// routers in front of them, latency, loss, cuts and outages. It is a network in
// memory for code that speaks UDP through pion's transport.Net, so a whole
// WebRTC stack runs over it.
//
// A [Lab] is the Internet. [Lab.Host] is a machine with a public address,
// [Lab.Site] a router with hosts behind it, and [Site.Site] a router behind a
// router. [Host.Net] is what the code under test takes its sockets from. What a
// router does is a [NAT]; [Kinds] lists the usual ones.
//
// With [Config.IPv6] hosts have IPv6 addresses as well, and routers are firewalls
// to them.
//
// Inside testing/synctest time is virtual: a minute of a match passes in a
// second, and a test that waits for a time-out waits for nothing. Make the Lab
// within the bubble, and close it before the bubble ends. Outside of a bubble
// everything works in real time.
//
// The luck of every path is seeded: packet number n between two hosts meets the
// same weather in every run. What is not repeatable is the code under test: its
// goroutines may send in another order, and pion draws its keys by lot.
//
// # Why not pion's vnet
//
// pion has a virtual network of its own. Its routers know no port preservation,
// no hairpin and no random ports (the fields are there, "not implemented yet"),
// its chance is not seeded, and it owns a goroutine per router. This package
// speaks the same interface with one timer and no goroutine.
//
// # What is not modelled
//
// TCP: dialing and listening fail. ICMP: nobody learns that a port is closed or
// a packet too large. Fragments: what is larger than the MTU is lost. Names:
// addresses are written in digits. Multicast reaches nobody.
package natlab
