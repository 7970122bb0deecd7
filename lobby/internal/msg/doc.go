// Package msg is what a lobby client and the rendezvous service say to each
// other, as typed values. Every Parse verifies the bytes before it reads them,
// keeps nothing of them, and returns an error for anything the other side could
// not have meant; none panics.
package msg
