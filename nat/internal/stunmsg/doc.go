//go:build !js

// Package stunmsg writes and reads the few STUN messages that Tutti speaks
// (RFC 8489): a Binding request, its success response and its error response.
// It is the one place of the house that touches a STUN library. It is pure: no
// goroutine, no clock, no socket.
//
// # SECURITY
//
// Every datagram is a stranger's, and pion/stun/v2 v2.0.0 has two known holes
// that no v2 release closes:
//
//   - GHSA-34rh-wp3j-6cxc: decoding a XOR-MAPPED-ADDRESS shorter than four
//     bytes panics. [Parse] therefore looks at the length of each attribute
//     before it lets the library decode it, and decodes no other attribute.
//   - GO-2026-4479: the library links dtls/v2. That code runs only below the
//     library's Client and Dial, which nothing here or elsewhere calls.
//
// Besides, read loops recover from a panic in Parse and count it, and
// FuzzParse starts from the message that broke the library.
package stunmsg
