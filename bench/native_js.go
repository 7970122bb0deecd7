package main

// native is empty: a page has no sockets of its own.
var native []bench
