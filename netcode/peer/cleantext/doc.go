// Package cleantext makes what strangers write fit to be shown: player names
// and chat lines. Lobby and chat clean on receipt, because a sender cannot be
// trusted, and before sending, so that a player sees what others will. It is
// pure: no goroutine, no clock, no state.
//
// What goes: bytes that are not UTF-8 (shown as U+FFFD), control characters,
// newlines (a space), private-use characters, which a game's font may draw as a
// badge, and characters that show nothing and mean nothing. What is bounded:
// bytes, visible characters, columns on the screen, and marks on one character.
// Text of nothing visible, such as a name of variation selectors, is empty.
//
// What stays: every script as it is. Bidirectional controls stay and are
// balanced, so that right-to-left text reads as it was written and never turns
// the line around that a game puts it in. Joiners stay where scripts and emoji
// need them.
//
// Cleaning twice is cleaning once. Not done: normalization (NFC is not in
// the standard library and its tables cost a page 52 KB gzipped), and look-alike
// letters of other scripts. Names are not unique anyway; a peer.ID is.
package cleantext
