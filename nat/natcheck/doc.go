//go:build !js

// Natcheck is the doctor for networks: it tells a player in plain words whether
// others can connect to him, and if not, why, and what to do.
//
//	go run github.com/tuttiplay/tutti/nat/natcheck stun:stun.example.org:3478
//
// It asks the STUN servers that are named, takes two seconds at most, and sends
// at most thirty packets. A lobby server is one, on the port of the lobby:
//
//	natcheck stun:lobby.example.org:8080
//
// Best is a server with two addresses (RFC 5780); with a lesser one some things
// stay unknown, and natcheck says so.
//
// Flags, before the servers:
//
//	-json           print one JSON object instead of words
//	-lifetime 60s   also find out how long the router remembers a silent
//	                connection, up to that long (10 s to 10 minutes; takes as long)
//	-router=false   do not ask the home router for its address (UPnP, NAT-PMP)
//	-timeout 2s     how long to wait for answers, at most 2 s
//	-with FILE      what another player's natcheck -json printed: says how the
//	                two will connect
//
// # Exit codes
//
// They never change their meaning:
//
//	0  players can connect directly (there may be notes)
//	1  players connect, but some only through a relay, or large packets are lost
//	2  wrong flags or servers
//	3  UDP is blocked
//	4  this machine is offline
//	5  no name could be looked up
//	6  the servers could not tell, or none was named
//	7  interrupted
//
// # What it names
//
// Each problem has a code that never changes either, for scripts and
// translators:
//
//	offline               no way into the internet
//	no-names              a network, but names are not found
//	blocked               UDP does not get through
//	only-ipv6             no IPv4
//	symmetric-random      another port for every player, drawn at random
//	symmetric-sequential  another port for every player, one after the other
//	mtu-hole              large packets vanish
//	carrier-nat           the provider's NAT before the home router (CGNAT)
//	double-nat            two routers, one behind the other
//	short-lifetime        the router forgets silent connections within 30 s
//	strict-filtering      only whom one sent to comes in, from that very port
//	no-hairpin            two players behind this router need the local network
//	no-port-mapping       the router opens no port for games
//	one-address           the servers could not tell everything
//	unknown, no-server    no server could tell, or none was named
//
// # JSON
//
// One object: "verdict" (code, sentence, advice), "problems" (a list of code,
// level, sentence, advice; the levels are fatal, trouble and note), "exit", the
// exit code, "expect" with -with (unknown, direct, predicted, relay, nothing),
// and "report", the measurements, with times in nanoseconds. Fields are added,
// and never renamed or removed.
package main
