//go:build race || js

package seeds

// Under the race detector, and in WebAssembly, everything takes about ten times
// as long.
const slow = 10
