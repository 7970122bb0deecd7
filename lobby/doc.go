// Package lobby is where players find each other: [Join] makes a room on a
// rendezvous server or enters one by its code, and the [Room] it returns shows
// who is there, starts the match and carries messages between the members
// until they reach each other directly.
//
//	room := lobby.Join(lobby.Config{Server: "wss://lobby.example.org", Game: "pong/1", Room: code, AutoStart: 2})
//	defer room.Close()
//
// A Room is a [peer.Link] for the reliable channels, tells the mesh whom to
// link and netcode what match to play. It comes back by itself when the server
// was away; a match that runs does not notice.
//
// # In a browser
//
// The same code runs in a page, on the browser's WebSocket. What differs:
//
//   - A page served by https reaches only wss servers, and localhost.
//   - A page is not told why a connection failed, so [UnreachableError] says
//     less.
//   - [Join] waits for the browser to hand out the player's key, at most 500 ms;
//     it must not be called inside a js.Func callback. With [Config.Key] it
//     waits for nothing.
package lobby
