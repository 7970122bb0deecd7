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
// # While the server is away
//
// A room goes on: who is linked stays linked, talks and plays. Somebody new, or
// somebody whose program was started again, comes in by the link of a member
// ([Room.Invite]): if the server does not answer, the mesh reaches that member
// ([mesh.Host]), whose mesh lets the newcomer in, and the room is entered with what
// the member knows of it: code, names, seats, settings and the match that runs.
// [Entered] then names the member, and all see the newcomer as [Member].Guest. It
// plays if it has a seat in the match; else it looks at the room, talks, and is in
// for the next match. What changes the room ([Room.Do]) waits for the server. When
// that is back the newcomer shows it the member's word and is a member like all
// others; until then it stays unless nothing is heard of it for two minutes, or the
// owner has sent it away. This is for native programs; a page sees such guests.
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
//
// [mesh.Host]: https://pkg.go.dev/github.com/tuttiplay/tutti/netcode/mesh#Host
package lobby
