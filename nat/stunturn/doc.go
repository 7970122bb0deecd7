//go:build !js

// Package stunturn is a small STUN server (RFC 8489) to embed: lobbyd runs one,
// and so does a game that hosts. It answers Binding requests over UDP, IPv4 and
// IPv6, so that players learn their public address. With [Server.Relay] it is a
// TURN server as well (RFC 8656), on the same port, for players whose machines
// cannot reach each other; [Mint] makes their accounts.
//
// A server on two ports, and better on two addresses and two ports each, also
// answers the questions of RFC 5780: OTHER-ADDRESS, CHANGE-REQUEST,
// RESPONSE-PORT and PADDING. Only then can players see all of what their NAT
// does; see package nat. One on a single socket says with error 420 that it
// cannot. One that listens on a wildcard does not know the address that was
// asked, so it names the unspecified one with its other port; package nat reads
// that as "the same address". [Serve] runs a server on sockets of any kind.
//
// On a machine with several addresses name the one that players are told, or
// answers to a wildcard address may leave by another and be refused.
//
// # SECURITY
//
// Anybody can send to a STUN server, under any source address. So:
//
//   - A source (an IPv4 address, or an IPv6 /64) gets [Config.PerSource]
//     answers a second; what is above is dropped unread. Memory for that is
//     fixed at 128 KiB. Sources that share a slot share its allowance.
//   - An answer has at most two addresses more than its request, 24 bytes, and
//     48 for IPv6, so nothing is gained by having it sent to somebody else.
//     RESPONSE-ORIGIN is left out where it would be more, and padding never
//     makes an answer larger than its request.
//   - Answers go to the address that asked, if from another socket or to
//     another port of it.
//   - The server keeps no state of a request and asks nobody who he is.
//   - Messages are read in one place, nat/internal/stunmsg, which says how it
//     lives with the known holes of pion/stun/v2 (GHSA-34rh-wp3j-6cxc,
//     GO-2026-4479). Should it panic all the same, the server drops that one
//     datagram and counts it: see [Stats.Panics].
//
// A TURN server sends packets for others, so it must know for whom, how many
// and where to:
//
//   - A [Credential] expires, and takes its allocations with it. It is checked
//     with the secret alone; there is no list that could leak or fill up.
//   - What a user has relayed is counted in both directions, as payload, under
//     his name and under his source address: [TurnConfig.Quota]. So are his
//     allocations, the peers and the channels of each.
//   - Nobody is relayed to loopback, private, link-local and other special
//     addresses, IPv4 in IPv6 clothes included, unless [TurnConfig.Allow] names
//     them; and on the server's own address only to other relays.
//   - pion/turn v5 reads only what has been looked at before: well-formed,
//     small, from a source within its rate, and for data from one that owns an
//     allocation. Relaying over TCP and pairs of ports are not offered.
//   - The answer to a first request without an account has some 70 bytes, two
//     and a half times the request; the rate of its source bounds it. Source
//     addresses of UDP can be forged: who can guess a client's address and port
//     can spend its quota.
package stunturn
