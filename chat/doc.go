// Package chat lets the players of a room talk, before a match, during and
// after it. A [Chat] is made once over the room's link; lines go by the mesh or
// by the server, whatever the link has, and a change of path loses none.
//
//	talk := chat.New(room, chat.Config{})
//	err := talk.Say(chat.Room, "good luck!")
//	for line := range talk.Since(last) { // once per frame
//		last = line.ID
//	}
//
// # Order
//
// The lines of one author come in the order they were said, each once, and an
// answer comes after what its author had seen when answering it, if that is
// under way too (it waits 1.5 s at most). Beyond that order may differ between
// players. Who enters gets the last 20 lines of everyone who is still there.
// [Line.Gap] marks a line before which lines of its author are missing.
//
// A Chat has no goroutine and no timer: what got lost on a path that died goes
// out again when [Chat.Since], [Chat.Lines] or [Chat.Say] is called or something
// comes in. Poll it once per frame, or at least once per second.
//
// # What a stranger can do
//
// Receivers do not trust senders. Text is cleaned on receipt with package
// cleantext; the rate, the size and the number of lines that wait are bounded
// on receipt, for each author; somebody who sends junk is cut off. Lines are
// signed by their author where the link can sign (lobby.Room can), so a server
// that relays them cannot forge one; it can read, delay and drop them, and
// replay those of the author's earlier visits to the same room. Whispers are
// signed, not secret from the server.
package chat
