// Package keyring keeps a player's [peer.Key] between runs, so that a player
// who comes back is known to be the same one. [Open] takes the stored key, or
// makes one on first use, and holds it until [Ring.Close]: a second instance on
// the same machine at the same time gets a fresh ephemeral key instead, because
// two peers with one key would answer for each other.
//
// No trouble with the disk stops a game. Where a key cannot be stored or
// locked, the ring is ephemeral and [Ring.Why] says why. Only a damaged key is
// an error: it is never overwritten, since it may be the player's only copy.
//
// # Native
//
// The key is the file player-NAME.key in [Config.Dir], mode 0600, written to a
// temporary file first and then renamed. The file player-NAME.lock beside it
// carries an exclusive lock of the operating system (flock, LockFileEx) that
// ends with the process, also when it is killed; the file itself stays. Systems
// without such locks always get an ephemeral key.
//
// # In a browser
//
// The key is an entry of localStorage and the lock is one of the Web Locks API;
// both belong to the origin and the browser profile. This differs:
//
//   - Every page of the origin can read the key. Where strangers' games share
//     an origin, so do their players' keys; give each game its own.
//   - The browser forgets the key with the site's data, and a private window
//     with the window. Some forget it after a week without a visit.
//   - Open waits for the browser to answer, at most 500 ms, and gives a page
//     that is being reloaded 250 ms to let go of its key. It must not be called
//     inside a js.Func callback: that blocks the event loop it waits for.
//   - Without localStorage or navigator.locks (which needs https or localhost)
//     the key is ephemeral.
package keyring
