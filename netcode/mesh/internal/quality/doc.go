// Package quality measures one path from what a receiver sees of it: the
// numbers of the datagrams that come, when they come, and the round trips of
// pings. It needs nothing of the network stack below, so it works in a page.
//
// It is pure: the time is an argument, nothing is shared, nothing waits. All
// times count from any origin and must not run backwards.
package quality
