// Package knock is how somebody who has only an invitation reaches a member of a
// room without the room's server: the invitation names the member, where it can
// be reached and a ticket that only the member made, and letters go in datagrams
// that carry the ticket.
//
// A ticket proves nothing but that the member handed it out, which is checked
// before anything else is done with a datagram, costs a microsecond and needs no
// memory. Who comes with it proves by its letters, which are signed.
//
// Pure: time is an argument, no goroutine, one goroutine at a time.
package knock
