// Package fb holds the FlatBuffers tables that chats send each other: the
// schema, the generated Go and the descriptions that [wire.Verify] checks bytes
// against. Generated accessors panic on broken bytes; only package chat, which
// verifies first, calls them.
//
// After a change of chat.fbs run go generate here, and describe the change in
// specs.go; a test says so if they differ.
package fb

//go:generate ../../../netcode/internal/fb/gen.sh .
