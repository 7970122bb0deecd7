// Package epoch is the pure agreement of who is in a match.
package epoch
