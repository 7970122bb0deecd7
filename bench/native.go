//go:build !js

package main

// native are the tables that need sockets.
var native = []bench{
	{"messages", messagesTable},
	{"connect", connectTable},
	{"mesh", meshTable},
}
