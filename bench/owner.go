//go:build !js

package main

import (
	"runtime"
	"strings"
)

// allocsIn returns how many objects each module's packages allocate while run
// runs, by the package path of the innermost function that is not of the standard
// library. It makes the program slow: nothing else is measured meanwhile. Objects
// below 16 bytes without pointers may be missed where they share a block.
func allocsIn(run func() error) (map[string]int64, error) {
	before := allocsByPackage()
	rate := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	err := run()
	runtime.MemProfileRate = rate
	after := allocsByPackage()
	for pkg, n := range before {
		after[pkg] -= n
	}
	return after, err
}

// allocsByPackage sums the memory profile up.
func allocsByPackage() map[string]int64 {
	runtime.GC() // what was allocated shows in the profile
	runtime.GC() // after two collections
	records := make([]runtime.MemProfileRecord, 1024)
	n, ok := runtime.MemProfile(records, true)
	for !ok {
		records = make([]runtime.MemProfileRecord, n+n/4)
		n, ok = runtime.MemProfile(records, true)
	}
	all := map[string]int64{}
	for i := range records[:n] {
		if pkg := owner(records[i].Stack()); pkg != "" {
			all[pkg] += records[i].AllocObjects
		}
	}
	return all
}

// owner returns the package of the innermost function outside the standard
// library; "" if there is none.
func owner(stack []uintptr) string {
	for frames := runtime.CallersFrames(stack); ; {
		frame, more := frames.Next()
		if pkg := packageOf(frame.Function); pkg == "main" || strings.Contains(first(pkg), ".") {
			return pkg
		}
		if !more {
			return ""
		}
	}
}

// packageOf cuts a function's name, as in example.org/a/b.(*T).Method[...].
func packageOf(function string) string {
	slash := strings.LastIndexByte(function[:cut(function, '[')], '/') + 1
	return function[:slash+cut(function[slash:], '.')]
}

// first returns the first element of a path.
func first(path string) string { return path[:cut(path, '/')] }

// cut returns where c is, or the end.
func cut(s string, c byte) int {
	if i := strings.IndexByte(s, c); i >= 0 {
		return i
	}
	return len(s)
}
