// Package roomstate is a room as a pure state machine: who is in it, on which
// seat, who is ready, who owns it, and whether a match runs. It has no
// goroutine, clock or socket: the time is an argument, random numbers are
// arguments, and every refusal is a typed value. The rendezvous service runs it
// for many rooms, a game that hosts on a LAN for one, and a client to know at
// once what the server would refuse.
package roomstate
