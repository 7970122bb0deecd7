// Package fb holds the FlatBuffers tables that sessions send each other: the
// schema, the generated Go and the descriptions that [wire.Verify] checks bytes
// against. Generated accessors panic on broken bytes; only package greet, which
// verifies first, calls them.
//
// After a change of session.fbs run go generate here, and describe the change
// in specs.go; a test says so if they differ.
package fb

//go:generate ./gen.sh
