//go:build !js

// Package stunturn is a small STUN server (RFC 8489) to embed: lobbyd runs one,
// and so does a game that hosts. It answers Binding requests over UDP, IPv4 and
// IPv6, so that players learn their public address. It does not relay yet.
//
// Two servers on two ports tell players more than one: only then can they see
// what mapping their NAT does. See package nat.
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
//   - An answer has at most 24 bytes more than its request, so nothing is
//     gained by having it sent to somebody else.
//   - The server keeps no state of a request and asks nobody who he is.
//   - Messages are read in one place, nat/internal/stunmsg, which says how it
//     lives with the known holes of pion/stun/v2 (GHSA-34rh-wp3j-6cxc,
//     GO-2026-4479). Should it panic all the same, the server drops that one
//     datagram and counts it: see [Stats.Panics].
package stunturn
