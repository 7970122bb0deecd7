// Package account knows when a player's accounts with TURN servers end. Their
// names say so, as in the TURN REST API that servers for WebRTC follow
// (draft-uberti-behave-turn-rest): "expiry:name". A path by such a server ends with
// the account. The room gets new ones in time; for a connection that is there
// already they come too late, so another has to be made beside it.
//
// Pure: the time is an argument; values, which any goroutine may use.
package account
